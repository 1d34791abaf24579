import { Buffer } from "node:buffer";
import { checkCas, type MemcachedDriver, unexpected } from "./memcached-driver.ts";
import { ADDED, DELETED, meaningOf, SWAPPED } from "./memcached-words.ts";

/** A client of `memcache-client`. */
export interface MemcacheClient {
  readonly options: { server: string | { server: unknown } | { servers: readonly unknown[] } };
  gets(key: string): Promise<unknown>;
  add(key: string, value: Buffer, options: { lifetime: number }): Promise<unknown>;
  cas(key: string, value: Buffer, options: { lifetime: number; casUniq: string }): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  touch(key: string, lifetime: number): Promise<unknown>;
  xsend: unknown;
}

/** Tells a client of `memcache-client` from anything else. */
export function isMemcacheClient(client: unknown): client is MemcacheClient {
  return typeof client === "object" && client !== null && "xsend" in client && "gets" in client;
}

/** Drives a client of `memcache-client`, which rejects with what the server answered where it didn't do as it was told. */
export function memcacheClientDriver(client: MemcacheClient): MemcachedDriver {
  return {
    async get(key) {
      const item = (await client.gets(key)) as { value: unknown; casUniq: string | number } | undefined;
      if (item === undefined) return undefined;
      // By a flag of its own the client knows bytes again; all else it decodes as text.
      if (!Buffer.isBuffer(item.value)) throw new Error("Another client than memcache-client wrote this item.");
      return { value: item.value, cas: checkCas(String(item.casUniq)) };
    },
    add: (key, value, lifetime) => told(client.add(key, value, { lifetime }), ADDED),
    cas: (key, value, cas, lifetime) => told(client.cas(key, value, { lifetime, casUniq: cas }), SWAPPED),
    delete: (key) => told(client.delete(key), DELETED),
    sizeOf: (value) => value.length,
  };
}

/** What the server's word means: the client resolves to it in a list, or rejects with it as its message. */
export async function told<Meaning>(
  command: Promise<unknown>,
  words: Readonly<Record<string, Meaning>>,
): Promise<Meaning> {
  const word = await command.then(String, (error: unknown) => {
    if (error instanceof Error && Object.hasOwn(words, error.message)) return error.message;
    throw error;
  });
  const meaning = meaningOf(word, words);
  if (meaning === undefined) throw unexpected();
  return meaning;
}
