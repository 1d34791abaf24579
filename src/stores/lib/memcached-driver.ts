import type { Buffer } from "node:buffer";

/** What stands under a key. `cas` changes with each write. */
interface MemcachedItem {
  value: Buffer;
  cas: string;
}

/** What the store needs of a client. A `lifetime` is Memcached's own: see `lifetimeUntil`. */
export interface MemcachedDriver {
  get(key: string): Promise<MemcachedItem | undefined>;
  /** Resolves to `false` if something stands there. */
  add(key: string, value: Buffer, lifetime: number): Promise<boolean>;
  /** Writes over the item with this `cas`, and only that. */
  cas(key: string, value: Buffer, cas: string, lifetime: number): Promise<"ok" | "conflict" | "gone">;
  /** Resolves to whether it was there. */
  delete(key: string): Promise<boolean>;
  /** How many bytes a value takes up in the server. */
  sizeOf(value: Buffer): number;
}

/** What stands under a key that other programs write too, and what they noted of it. */
export interface BareItem extends MemcachedItem {
  flags: number;
}

/** A driver that writes the very bytes that it is given, with flags 0, and reads those of other programs. */
export interface BareDriver extends Omit<MemcachedDriver, "sizeOf"> {
  get(key: string): Promise<BareItem | undefined>;
  /** Moves the end. Resolves to whether it was there. */
  touch(key: string, lifetime: number): Promise<boolean>;
}

/** Stops at a token that isn't one: a write with it would go over everything. */
export function checkCas(cas: string): string {
  if (cas !== "0") return cas;
  throw new Error("Memcached gives no cas tokens: start it without -C (--disable-cas).");
}

/** What a client answers that Memcached never would, is a fault: it must not look like something done, nor like a miss. */
export function unexpected(): Error {
  return new Error("The Memcached client answered a command with something that Memcached doesn't.");
}
