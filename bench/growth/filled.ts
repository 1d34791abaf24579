import { hash } from "node:crypto";
import type { Store, WriteMeta } from "dewar";
import { sample } from "../apps/sample.ts";

const day = 24 * 60 * 60 * 1000;
const inFlight = 64;

/** How many sessions each user has. */
export const sessionsOfUser = 10;
/** About 1 KB. */
export const payloadOf = (revision: number): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ ...sample(), revision }));

/** As random as real ones, and known beforehand. */
export const idOf = (index: number | string): string => hash("sha256", `session ${index}`, "base64url");
export const userOf = (index: number): string => `user-${Math.floor(index / sessionsOfUser)}`;

/** Of a session that outlives the benchmark. */
export function living(subject: string): WriteMeta {
  return { subject, expiresAt: new Date(Date.now() + 7 * day), endsAt: new Date(Date.now() + 14 * day) };
}

/** Creates `count` sessions through the store itself. */
export async function fill(store: Store, count: number, progress: (done: number) => void): Promise<void> {
  await createAll(store, count, idOf, (index) => living(userOf(index)), progress);
}

/** Creates `count` sessions that are over at `end`. */
export async function fillEnding(store: Store, count: number, name: string, end: Date): Promise<void> {
  const meta = (index: number): WriteMeta => ({ expiresAt: end, endsAt: end, subject: `${name}-${userOf(index)}` });
  await createAll(store, count, (index) => idOf(`${name} ${index}`), meta);
}

async function createAll(
  store: Store,
  count: number,
  id: (index: number) => string,
  meta: (index: number) => WriteMeta,
  progress: (done: number) => void = () => {},
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const outcome = await store.create(id(index), payloadOf(0), meta(index));
      if (outcome !== "ok") throw new Error(`create answered "${outcome}" to a new session`);
      if (index % 10_000 === 0) progress(index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}
