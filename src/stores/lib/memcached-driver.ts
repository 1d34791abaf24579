import type { Buffer } from "node:buffer";

/** What stands under a key. `cas` changes with each write; `flags` are what other programs noted of it, 0 from us. */
export interface MemcachedItem {
  value: Buffer;
  flags: number;
  cas: string;
}

/**
 * What the stores need of a client. Writes the very bytes that it is given, and reads those of any program. A `lifetime` is
 * Memcached's own: see `lifetimeUntil`.
 */
export interface MemcachedDriver {
  get(key: string): Promise<MemcachedItem | undefined>;
  /** Resolves to `false` if something stands there. */
  add(key: string, value: Buffer, lifetime: number): Promise<boolean>;
  /** Writes over the item with this `cas`, and only that. */
  cas(key: string, value: Buffer, cas: string, lifetime: number): Promise<"ok" | "conflict" | "gone">;
  /** Resolves to whether it was there. */
  delete(key: string): Promise<boolean>;
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
