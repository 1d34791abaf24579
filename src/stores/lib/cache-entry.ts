import { Buffer } from "node:buffer";
import type { Renewal } from "../../store.ts";

/** What a cache holds about a session. Times are milliseconds since 1970. */
export interface CacheEntry {
  /** When it was so, at the latest: each process decides by its own `for` how long it believes that. */
  since: number;
  /** When the session ends unless it is used again, where the store said so. */
  expires?: number | undefined;
  /** Else: for how many milliseconds, at least, it was good when it was read. */
  lasts?: number | undefined;
  /** Without one, the session was deleted: the entry keeps slower readers from putting it back. */
  payload?: Uint8Array | undefined;
}

const DELETED = 1;
const PRESENT = 2;
/** The kind, and three numbers. */
const HEADER = 25;

export function encodeEntry({ since, expires, lasts, payload }: CacheEntry): Uint8Array {
  const bytes = Buffer.alloc(HEADER + (payload?.length ?? 0));
  bytes.writeUInt8(payload ? PRESENT : DELETED);
  for (const [index, number] of [since, expires, lasts].entries()) {
    bytes.writeDoubleBE(number ?? Number.NaN, 1 + 8 * index);
  }
  if (payload) bytes.set(payload, HEADER);
  return bytes;
}

/** Undefined for what isn't an entry. */
export function decodeEntry(stored: Uint8Array): CacheEntry | undefined {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
  const kind = bytes[0];
  if (bytes.length < HEADER || (kind !== DELETED && kind !== PRESENT)) return undefined;
  const number = (index: number) => {
    const value = bytes.readDoubleBE(1 + 8 * index);
    return Number.isNaN(value) ? undefined : value;
  };
  const payload = kind === PRESENT ? new Uint8Array(bytes.subarray(HEADER)) : undefined;
  return { since: number(0) ?? 0, expires: number(1), lasts: number(2), payload };
}

/** Until when the entry may be answered with, by those who take answers that are `span` milliseconds old. */
export function lastUse({ since, expires, lasts = Number.POSITIVE_INFINITY }: CacheEntry, span: number): number {
  return Math.min(since + span, expires ?? since + lasts);
}

/** Whether the store must be asked to renew the session; so, too, where nothing is known about its end. */
export function isDue({ expires, lasts = 0 }: CacheEntry, { ifBefore, expiresAt }: Renewal): boolean {
  const wanted = Math.min(ifBefore.getTime(), expiresAt.getTime());
  return expires === undefined ? wanted - Date.now() > lasts : expires < wanted;
}
