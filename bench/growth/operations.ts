import type { Store } from "dewar";
import { median } from "../median.ts";
import { fillEnding, idOf, living, payloadOf, sessionsOfUser, userOf } from "./filled.ts";

/** A store, and how many sessions are in it. */
export interface Filled {
  store: Store;
  size: number;
}

/** What is measured. Each resolves to microseconds: of one call, or of pruning one session. */
export interface Operation {
  name: OperationName;
  isOffered(store: Store): boolean;
  /** The median of `times` calls, each for a session that is picked at random. */
  measure(filled: Filled, times: number): Promise<number>;
}

export type OperationName = "read" | "write" | "list" | `prune ${number}`;

const always = (): boolean => true;

const read: Operation = {
  name: "read",
  isOffered: always,
  measure: ({ store, size }, times) =>
    medianOf(times, async () => {
      const id = idOf(anyOf(size));
      const before = performance.now();
      const found = await store.read(id);
      const took = performance.now() - before;
      if (!found) throw new Error("read finds nothing where a session is");
      return took;
    }),
};

/** The compare-and-swap alone, of a session that was just read. */
const write: Operation = {
  name: "write",
  isOffered: always,
  measure: ({ store, size }, times) =>
    medianOf(times, async () => {
      const index = anyOf(size);
      const found = await store.read(idOf(index));
      const meta = living(userOf(index));
      const payload = payloadOf(Math.random());
      const before = performance.now();
      const outcome = await store.replace(idOf(index), payload, found?.version, meta);
      const took = performance.now() - before;
      if (outcome !== "ok") throw new Error(`replace answers "${outcome}"`);
      return took;
    }),
};

const list: Operation = {
  name: "list",
  isOffered: ({ list }) => list !== undefined,
  measure: ({ store, size }, times) =>
    medianOf(times, async () => {
      const before = performance.now();
      const sessions = await Array.fromAsync(store.list?.({ subject: userOf(anyOf(size)) }) ?? []);
      const took = performance.now() - before;
      if (sessions.length !== sessionsOfUser) throw new Error(`list yields ${sessions.length} of ${sessionsOfUser}`);
      return took;
    }),
};

/** Once: of `expired` sessions, which are put in before. */
export const prune = (expired: number): Operation => ({
  name: `prune ${expired}`,
  isOffered: ({ prune }) => prune !== undefined,
  async measure({ store }) {
    const hour = 60 * 60 * 1000;
    const end = new Date(Date.now() + hour);
    await fillEnding(store, expired, `${end.getTime()}`, end);
    const before = performance.now();
    const removed = await store.prune?.(new Date(end.getTime() + hour));
    const took = performance.now() - before;
    if (removed !== expired) throw new Error(`prune removes ${removed} of ${expired}`);
    return (took * 1000) / expired;
  },
});

export const quickOnes: readonly Operation[] = [read, write, list];

const anyOf = (size: number): number => Math.floor(Math.random() * size);

async function medianOf(times: number, once: () => Promise<number>): Promise<number> {
  const took: number[] = [];
  for (let turn = 0; turn < times; turn++) took.push(await once());
  return median(took) * 1000;
}
