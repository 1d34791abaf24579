import type { Codec, SessionRecord } from "../codec.ts";
import { SessionError } from "./errors.ts";

/** Empty: no key of the application's, no flash message, no subject. An empty record in a store is a tombstone. */
export function isEmpty(record: SessionRecord): boolean {
  if (record.subject !== undefined || (record.flashes?.length ?? 0) > 0) return false;
  return Object.keys(record.data).length === 0;
}

/** The absolute end: creation or login + lifetime. A record of a foreign format may know neither. */
export function absoluteEnd(record: SessionRecord, lifetime: number): Date | undefined {
  const start = record.authenticatedAt ?? record.createdAt;
  return start && new Date(start.getTime() + lifetime);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** Whether a format keeps `rev`. Such a format is `dewar`'s own: its bytes are canonical, and it may have tombstones. */
export function keepsRevision(codec: Codec): boolean {
  return codec.decode(codec.encode({ data: {}, permanent: true, rev: "rev" }))?.rev === "rev";
}

/** Whether a format has room for who used a session. */
export function keepsDevice(codec: Codec): boolean {
  const use = { userAgent: "device" };
  const record = { data: {}, permanent: true, device: { first: use, last: use } };
  return codec.decode(codec.encode(record))?.device?.last.userAgent === use.userAgent;
}

/** Compares as the codec sees it: a value that would be stored as the same bytes is the same. */
export function sameValue(codec: Codec, a: unknown, b: unknown): boolean {
  if (Object.is(a, b) && (typeof a !== "object" || a === null)) return true;
  if (codec.same !== undefined) return codec.same(a, b);
  return sameBytes(encodeValue(codec, a), encodeValue(codec, b));
}

function encodeValue(codec: Codec, value: unknown): Uint8Array {
  return codec.encode({ data: { value }, permanent: true });
}

export function tooLarge(bytes: number, maxBytes: number): SessionError {
  const message = `the session has ${bytes} bytes, more than maxBytes (${maxBytes}): keep large things elsewhere`;
  return new SessionError("ERR_TOO_LARGE", message);
}
