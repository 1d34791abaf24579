import type { Codec, SessionRecord } from "../codec.ts";
import { absoluteEnd, isEmpty } from "./record.ts";

/** How long a session that ended or moved answers as "ended" to requests that were under way, in milliseconds. */
export const TOMBSTONE_MS = 60_000;

/** What the bytes under a token mean at a moment. */
export type Reading =
  | { state: "live"; record: SessionRecord }
  /** A tombstone: the session ended or went on under another token less than a minute ago. */
  | { state: "retired"; until: Date }
  /** Past its absolute lifetime, or a tombstone that outlived its minute. */
  | { state: "expired" }
  | { state: "undecodable" };

export function tombstone(now: Date): SessionRecord {
  return { data: {}, permanent: false, createdAt: now };
}

/** What stored bytes mean: the one place that tells a session from a tombstone, a dead one and garbage. */
export function interpret(payload: Uint8Array, codec: Codec, lifetime: number, now: Date): Reading {
  const record = codec.decode(payload);
  if (record === undefined) return { state: "undecodable" };
  // A format that keeps no times has no tombstones: there an empty record is a session that holds nothing yet.
  if (isEmpty(record) && record.createdAt !== undefined) {
    const until = new Date(record.createdAt.getTime() + TOMBSTONE_MS);
    return until > now ? { state: "retired", until } : { state: "expired" };
  }
  const end = absoluteEnd(record, lifetime);
  return end !== undefined && end <= now ? { state: "expired" } : { state: "live", record };
}
