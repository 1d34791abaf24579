import { setImmediate as nextTurn } from "node:timers/promises";
import { type Times, timesOf } from "../ping/times.ts";

export interface Measured extends Times {
  perSecond: number;
  /** How much of a processor this process needed: near 1, it was the limit, and not the store. */
  busy: number;
}

/** Milliseconds after which others have their turn: SQLite answers without one. */
const TURN = 10;

/**
 * Has `workers` repeat `work`, each one after the other, for so many milliseconds, or until `enough` or `signal` says so.
 * `undefined` where nothing was done.
 */
export async function measure(
  workers: number,
  milliseconds: number,
  signal: AbortSignal,
  work: (worker: number) => Promise<void>,
  enough: () => boolean = () => false,
): Promise<Measured | undefined> {
  const times: number[] = [];
  const start = performance.now();
  const processor = process.cpuUsage();
  let turn = start;
  let failed = false;
  const run = async (worker: number) => {
    for (let now = performance.now(); now - start < milliseconds && !signal.aborted && !failed && !enough(); ) {
      await work(worker);
      const after = performance.now();
      times.push(after - now);
      if (after - turn > TURN) {
        await nextTurn();
        turn = performance.now();
      }
      now = performance.now();
    }
  };
  const runs = Array.from({ length: workers }, (_, worker) => run(worker));
  // Nobody may be at work any more when what they work on is removed.
  const outcomes = await Promise.allSettled(
    runs.map((one) =>
      one.catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure) throw failure.reason;
  if (times.length === 0) return undefined;
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  return { ...timesOf(times), perSecond: (1000 * times.length) / elapsed, busy: (user + system) / 1000 / elapsed };
}
