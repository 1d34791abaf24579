import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** Begins what this store writes. No JSON, MessagePack or pickle begins so: what others wrote is told by it. */
const MARK = 0xc1;
const TIME_BYTES = 6;
const HEADER = 1 + TIME_BYTES;

/** The server doesn't tell when an item ends, so the item itself does: `end`, in milliseconds since 1970. */
export function pack(payload: Uint8Array, end: number): Buffer {
  const value = Buffer.allocUnsafe(HEADER + payload.length);
  value.writeUInt8(MARK, 0);
  value.writeUIntBE(end, 1, TIME_BYTES);
  value.set(payload, HEADER);
  return value;
}

/** The payload and its end; of what another program wrote, all of it, and no end. */
export function unpack(value: Buffer): { payload: Buffer; end: number | undefined } {
  if (value.length < HEADER || value[0] !== MARK) return { payload: value, end: undefined };
  return { payload: value.subarray(HEADER), end: value.readUIntBE(1, TIME_BYTES) };
}

const PLAIN = /^[\w-]{1,128}$/;
/** No plain id has it. */
const HASHED = "~";

/**
 * Where a session is kept. Keys have 250 characters at most, and none that separates words or lines; ids that wouldn't fit
 * stand under their digest.
 */
export function keyOf(prefix: string, id: string): string {
  return prefix + (PLAIN.test(id) ? id : HASHED + createHash("sha256").update(id).digest("base64url"));
}

/** Memcached takes what is above for seconds since 1970, and what is not for seconds from now. */
const LONGEST_SPAN = 30 * 24 * 60 * 60;
/** What fits its counter of seconds, until 2038. */
export const LATEST: number = 2 ** 31 - 1;
export const NEVER = 0;

/**
 * The lifetime, as Memcached counts them, of what must not go before `end` (milliseconds since 1970). Its clock moves once a
 * second, so that a second of a lifetime can be over at once.
 */
export function lifetimeUntil(end: number, now: number = Date.now()): number {
  const span = Math.max(1, Math.ceil((end - now) / 1000)) + 1;
  if (span <= LONGEST_SPAN) return span;
  const absolute = Math.ceil(end / 1000);
  return absolute <= LATEST ? absolute : NEVER;
}
