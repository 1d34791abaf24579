/** What a session is, apart from where it is kept. */
export interface SessionRecord {
  /** The application's own keys. */
  data: Record<string, unknown>;
  /** Whether the cookie outlives the browser. */
  permanent: boolean;
  /** Who is logged in. */
  subject?: string;
  createdAt?: Date;
  authenticatedAt?: Date;
  /** Messages not read yet, oldest first. */
  flashes?: Flash[];
  /** Who used it first and last, where the manager records that (`device`). */
  device?: { first: DeviceUse; last: DeviceUse };
  /**
   * Fresh in each write, so that a writer recognises its own bytes. A format that has no room for it drops it: then ending a
   * session leaves no tombstone, and a client that repeats commands by itself may apply an `update` twice.
   */
  rev?: string;
}

/** Who used a session, as far as it was known. */
export interface DeviceUse {
  /** The header User-Agent, its first 512 characters. */
  userAgent?: string;
  /** The network: `203.0.113.0/24`, `2001:db8:1::/48`; with `address: "full"` the address itself. */
  address?: string;
}

/** A message for the next page: read once, then gone. */
export interface Flash {
  message: unknown;
  category: string;
}

/**
 * Turns a record into bytes and back.
 *
 * @example
 * ```ts
 * import { jsonCodec } from "dewar/codecs/json";
 * import type { Codec } from "dewar";
 *
 * const logged: Codec = {
 *   encode: (record) => jsonCodec.encode(record),
 *   decode: (bytes) => jsonCodec.decode(bytes),
 * };
 * ```
 */
export interface Codec {
  /**
   * Throws `ERR_ENCODE`, naming the path, for a value that the format can't hold. Never drops or bends one. `over`: what this
   * is to replace; a format that knows more kinds of values than JavaScript (1.0 beside 1) keeps those that didn't change.
   */
  encode(record: SessionRecord, over?: Uint8Array): Uint8Array;
  /** `undefined` for what this codec didn't write. Runs no code, yields no foreign prototype, is bounded in depth. */
  decode(bytes: Uint8Array): SessionRecord | undefined;
  /** Optional: whether two values are the same to this format. Default: whether they are encoded to the same bytes. */
  same?(a: unknown, b: unknown): boolean;
  /** Optional, to save an `encode`: what `encode` made of a record with `rev: from`, for `rev: to`, where that is easy. */
  revise?(bytes: Uint8Array, from: string, to: string): Uint8Array | undefined;
}
