import { Buffer } from "node:buffer";
import { checkCas, type MemcachedDriver, type MemcachedItem, unexpected } from "./memcached-driver.ts";
import { ADDED, DELETED, meaningOf, SWAPPED, TOUCHED } from "./memcached-words.ts";
import { assertOption } from "./options.ts";

const END_OF_LINE = "\r\n";

/** A client of `memcache-client`. */
export interface MemcacheClient {
  readonly options: { server: string | { server: unknown } | { servers: readonly unknown[] } };
  gets(key: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  touch(key: string, lifetime: number): Promise<unknown>;
  xsend: unknown;
}

/** Tells a client of `memcache-client` from anything else. */
export function isMemcacheClient(client: unknown): client is MemcacheClient {
  return typeof client === "object" && client !== null && "xsend" in client && "gets" in client;
}

/** What a client has, but its types don't tell. */
interface Inside {
  /** Sends a command of one's own. */
  xsend(write: (socket: { write(bytes: Buffer): unknown } | undefined) => void): Promise<unknown>;
  /** Decodes what was read: the client calls it itself. */
  _unpackValue(read: { cmdTokens: string[]; data: Buffer }): unknown;
}

function hasInside(client: MemcacheClient): client is MemcacheClient & Inside {
  return ["xsend", "_unpackValue"].every((name) => typeof Reflect.get(client, name) === "function");
}

/**
 * Drives a client of `memcache-client`, past its flags: it would write 8 for bytes, which to others says that they are
 * compressed, and it decodes as text what has flags 0.
 */
export function memcacheClientDriver(client: MemcacheClient): MemcachedDriver {
  assertOption(hasInside(client), "client", "of memcache-client 1: of another version the bytes can't be reached");
  const items = itemsOf(client);
  const send = (line: string, value: Buffer) =>
    client.xsend((socket) =>
      socket?.write(Buffer.concat([Buffer.from(line + END_OF_LINE), value, Buffer.from(END_OF_LINE)])),
    );
  return {
    async get(key) {
      const read = await client.gets(key).catch((error: unknown) => {
        if (isObject(error) && items.has(error)) return { tokens: error };
        throw error;
      });
      if (read === undefined) return undefined;
      const item = isObject(read) && "tokens" in read && isObject(read.tokens) ? items.get(read.tokens) : undefined;
      if (!item) throw unexpected();
      return { ...item, cas: checkCas(item.cas) };
    },
    add: (key, value, lifetime) => told(send(`add ${key} 0 ${lifetime} ${value.length}`, value), ADDED),
    cas: (key, value, cas, lifetime) => told(send(`cas ${key} 0 ${lifetime} ${value.length} ${cas}`, value), SWAPPED),
    delete: (key) => told(client.delete(key), DELETED),
    touch: (key, lifetime) => told(client.touch(key, lifetime), TOUCHED),
  };
}

/**
 * What the client reads, as it came: by the words of the answer, which are in the client's result, or by the error that
 * decoding it gave. To everyone else the client gives the same results as before.
 */
function itemsOf(client: Inside): WeakMap<object, MemcachedItem> {
  const items = new WeakMap<object, MemcachedItem>();
  const unpack = client._unpackValue.bind(client);
  client._unpackValue = (read) => {
    const [, , flags, , cas] = read.cmdTokens;
    const item = { value: read.data, flags: Number(flags), cas: String(cas) };
    items.set(read.cmdTokens, item);
    try {
      return unpack(read);
    } catch (error) {
      if (isObject(error)) items.set(error, item);
      throw error;
    }
  };
  return items;
}

/** What the server's word means: the client resolves to it in a list, or rejects with it as its message. */
async function told<Meaning>(command: Promise<unknown>, words: Readonly<Record<string, Meaning>>): Promise<Meaning> {
  const word = await command.then(String, (error: unknown) => {
    if (error instanceof Error && Object.hasOwn(words, error.message)) return error.message;
    throw error;
  });
  const meaning = meaningOf(word, words);
  if (meaning === undefined) throw unexpected();
  return meaning;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
