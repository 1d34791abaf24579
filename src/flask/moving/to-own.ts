import type { SessionRecord } from "../../codec.ts";
import { Markup, Tuple, Uuid } from "../python/values.ts";

/** What Flask-Login keeps of a login, and nobody reads any more. */
const LEFT_BEHIND = new Set(["_fresh", "_id", "_remember", "_remember_seconds"]);

/** A record of Flask's as one of ours: tuples are arrays, UUIDs and Markup text, and its time begins now. */
export function toOwn({ data, permanent, subject, flashes }: SessionRecord): SessionRecord {
  const now = new Date();
  const kept = Object.entries(data).filter(([key]) => !LEFT_BEHIND.has(key) && !RESERVED.has(key));
  const record: SessionRecord = {
    data: plain(Object.fromEntries(kept)) as SessionRecord["data"],
    permanent,
    createdAt: now,
  };
  if (subject !== undefined) Object.assign(record, { subject, authenticatedAt: now });
  if (flashes) record.flashes = flashes.map(({ message, category }) => ({ message: plain(message), category }));
  return record;
}

/** Names of our own format, which Flask's application may have used for something else. */
const RESERVED = new Set(["_created", "_login", "_rev"]);

function plain(value: unknown): unknown {
  if (value instanceof Uuid || value instanceof Markup) return String(value);
  if (value instanceof Tuple || Array.isArray(value)) return Array.from(value, plain);
  if (value instanceof Set) return new Set([...value].map(plain));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [plain(key), plain(item)]));
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
