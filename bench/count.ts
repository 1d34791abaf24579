import { request } from "./load.ts";
import type { Scenario } from "./plan.ts";
import { type Running, usageOf, visitorsFor } from "./running.ts";

/** What a request costs in round trips, and whether its answer sets a cookie. */
export interface Counts {
  /** Store commands a request. */
  commands: number;
  /** Which. */
  commandNames: string[];
  setsCookie: boolean;
}

/** The commands that were sent while `work` ran, one entry for each. */
export type Counter = (server: Running, work: () => Promise<void>) => Promise<string[]>;

const blocks = 5;
const requests = 8;

/** Counts exactly, one request after the other; the middle of some counts, as a store's own pruning may fall into one. */
export async function count(server: Running, scenario: Scenario, counter: Counter): Promise<Counts> {
  let cookies = 0;
  const work = async (): Promise<void> => {
    for (const visitor of visitorsFor(server, scenario).slice(0, requests)) {
      cookies += (await request(visitor, `/${scenario}`)).length;
    }
  };
  const counted: string[][] = [];
  for (let block = 0; block < blocks; block++) counted.push(await counter(server, work));
  const sent = counted.sort((a, b) => a.length - b.length)[Math.floor(blocks / 2)] ?? [];
  return { commands: sent.length / requests, commandNames: [...new Set(sent)].sort(), setsCookie: cookies > 0 };
}

/** What the server's process says that it asked. */
export const askedByProcess: Counter = async (server, work) => {
  const { calls: before } = await usageOf(server);
  await work();
  const { calls } = await usageOf(server);
  return Object.entries(calls).flatMap(([name, times]) => Array<string>(times - (before[name] ?? 0)).fill(name));
};
