import { Buffer } from "node:buffer";
import { checkCas, type MemcachedDriver, unexpected } from "./memcached-driver.ts";

/** A client of `memcache-client`. */
export interface MemcacheClient {
  readonly options: { server: string | { server: unknown } | { servers: readonly unknown[] } };
  gets(key: string): Promise<unknown>;
  add(key: string, value: Buffer, options: { lifetime: number }): Promise<unknown>;
  cas(key: string, value: Buffer, options: { lifetime: number; casUniq: string }): Promise<unknown>;
  delete(key: string): Promise<unknown>;
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
    add: (key, value, lifetime) => told(client.add(key, value, { lifetime }), { STORED: true, NOT_STORED: false }),
    cas: (key, value, cas, lifetime) =>
      told(client.cas(key, value, { lifetime, casUniq: cas }), { STORED: "ok", EXISTS: "conflict", NOT_FOUND: "gone" }),
    delete: (key) => told(client.delete(key), { DELETED: true, NOT_FOUND: false }),
    sizeOf: (value) => value.length,
  };
}

/** What the server's word means: the client resolves to it in a list, or rejects with it as its message. */
async function told<const Meaning>(command: Promise<unknown>, words: Record<string, Meaning>): Promise<Meaning> {
  const word = await command.then(String, (error: unknown) => {
    if (error instanceof Error && Object.hasOwn(words, error.message)) return error.message;
    throw error;
  });
  const meaning = Object.hasOwn(words, word) ? words[word] : undefined;
  if (meaning === undefined) throw unexpected();
  return meaning;
}
