import { check, type Violation } from "./check.ts";
import { clockSince } from "./clock.ts";
import { Crew } from "./crew.ts";
import { History, Recorder } from "./history.ts";
import { Host } from "./host.ts";
import { measureUpdates, type Updates } from "./measure.ts";
import type { Tally, Through } from "./messages.ts";
import { openStore } from "./open-store.ts";
import { phasesOf } from "./phases.ts";

export const WORKERS = 8;
export const SLOTS = 32;
const TICK = 250;

/** One store's run, as it is asked for. */
export interface StressOptions {
  /** What each process opens. */
  url: string;
  operations: number;
  seed: number;
  workers?: number;
  /** Requests in flight in each process. */
  slots?: number;
  /** The managers', in seconds. Default 2, as theirs. */
  storeTimeout?: number;
  through?: Through;
  /** Milliseconds after which the run is given up. */
  patience: number;
  /** Is told, some times a second, what part of all operations is done. */
  onProgress?: (part: number) => void;
}

/** What came out. */
export interface StressResult {
  operations: number;
  /** Of the storm itself, without starting processes and looking at what is left. */
  seconds: number;
  retries: number;
  /** Calls of the store that failed or came too late, by what they were for. */
  faults: Record<string, number>;
  updates: Updates[];
  violations: Violation[];
  /** What the store can't do, and so was not done. */
  without: string[];
}

/** Lets the storm loose on a store, and checks afterwards what it did. */
export async function runStress(options: StressOptions): Promise<StressResult> {
  const { url, operations, seed, workers = WORKERS, slots = SLOTS, storeTimeout = 2, through, patience } = options;
  const { onProgress = () => {} } = options;
  const epoch = process.hrtime.bigint();
  const now = clockSince(epoch);
  const history = new History();
  const tokens = new Map<string, number>();
  const store = await openStore(url, through);
  await store.setup?.();
  const recorder = new Recorder((batch) => history.add(batch));
  const phases = phasesOf(operations);
  const host = new Host(store, recorder, now, seed);
  const assignment = {
    url,
    slots,
    seed,
    epoch: String(epoch),
    storeTimeout,
    ...(through !== undefined && { through }),
  };
  const crew = new Crew(assignment, workers, history, ({ token, subject }) => tokens.set(token, subject));
  const deadline = setTimeout(() => {
    crew.giveUp(new Error(`the storm was not over after ${patience / 1000} seconds`));
  }, patience);
  const ticker = setInterval(() => onProgress(history.size / operations), TICK);
  const tallies: Tally[] = [];
  let time = 0;
  try {
    await crew.assemble();
    for (const [index, phase] of phases.entries()) {
      const given = await host.prepare(phase, index);
      for (const { token, subject } of given.seats) tokens.set(token, subject);
      recorder.flush();
      const start = now();
      tallies.push(...(await crew.carryOut({ phase, index, operations: operations * phase.share, ...given })));
      time += now() - start;
    }
    await crew.dismiss();
    await host.inspect(phases, tokens);
    recorder.flush();
  } finally {
    clearTimeout(deadline);
    clearInterval(ticker);
    crew.end();
    await store.close?.();
  }
  return {
    operations: tallies.reduce((sum, tally) => sum + tally.operations, 0),
    seconds: time / 1e9,
    retries: tallies.reduce((sum, tally) => sum + tally.retries, 0),
    faults: sumOf(tallies.map(({ faults }) => faults)),
    updates: measureUpdates(history),
    violations: check(history),
    without: store.list === undefined ? ["list", "revokeAll"] : [],
  };
}

function sumOf(counts: Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, count] of counts.flatMap(Object.entries)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
