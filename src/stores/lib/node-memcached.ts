import { Buffer } from "node:buffer";
import { checkCas, type MemcachedDriver, unexpected } from "./memcached-driver.ts";

export type Callback<T> = (error: unknown, result: T) => void;

/** A client of `memcached`. */
export interface NodeMemcached {
  remove?: unknown;
  gets(key: string, callback: Callback<Record<string, unknown> | undefined>): void;
  add(key: string, value: string, lifetime: number, callback: Callback<boolean>): void;
  cas(key: string, value: string, cas: string, lifetime: number, callback: Callback<boolean>): void;
  del(key: string, callback: Callback<boolean>): void;
}

/** Tells a client of `memcached` from anything else. */
export function isNodeMemcached(client: unknown): client is NodeMemcached {
  const methods = ["gets", "add", "cas", "del", "getMulti"];
  return typeof client === "object" && client !== null && methods.every((method) => method in client);
}

/** The beginning of all that we write, in base64: see `MARK`. */
const OURS = "w";

/**
 * Drives a client of `memcached`. It treats answers as text, in which it escapes line breaks and doubles every byte that is no
 * ASCII; so values go as base64, whose size is known.
 */
export function nodeMemcachedDriver(client: NodeMemcached): MemcachedDriver {
  const get: MemcachedDriver["get"] = async (key) => {
    const found = await call<Record<string, unknown> | undefined>((done) => client.gets(key, done));
    if (!found) return undefined;
    // By the key, before which the client has put its own namespace.
    const [value] = Object.entries(found).flatMap(([name, content]) => (name === "cas" ? [] : [content]));
    if (typeof value !== "string" || !value.startsWith(OURS)) {
      throw new Error("Another client than memcached wrote this item.");
    }
    return { value: Buffer.from(value, "base64"), cas: checkCas(String(found["cas"])) };
  };
  return {
    get,
    async add(key, value, lifetime) {
      try {
        if (await ask((done) => client.add(key, value.toString("base64"), lifetime, done))) return true;
      } catch (error) {
        if (error instanceof Error && "notStored" in error) return false;
        throw error;
      }
      throw refusal();
    },
    async cas(key, value, cas, lifetime) {
      const text = value.toString("base64");
      if (await ask((done) => client.cas(key, text, cas, lifetime, done))) return "ok";
      const stored = await get(key);
      if (stored?.cas === cas) throw refusal();
      return stored ? "conflict" : "gone";
    },
    delete: (key) => ask((done) => client.del(key, done)),
    sizeOf: (value) => 4 * Math.ceil(value.length / 3),
  };
}

/** The client says `false` of an error of the server's, as it does of a command that didn't fit. */
function refusal(): Error {
  return new Error("Memcached refused to store a session: the item is too large for it, or its memory is full.");
}

/** Whether it was done. */
async function ask(command: (done: Callback<unknown>) => void): Promise<boolean> {
  const answer = await call(command);
  if (typeof answer !== "boolean") throw unexpected();
  return answer;
}

function call<T>(command: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    command((error, result) => (error ? reject(fault(error)) : resolve(result)));
  });
}

/** The client's errors may be texts, lists, or hold a piece of what the server sent, which belongs in no log. */
function fault(error: unknown): Error {
  const [first] = Array.isArray(error) ? error : [error];
  if (!(first instanceof Error)) return new Error(`memcached: ${first}`);
  return first.message.startsWith("Unknown response") ? new Error("memcached: an unknown response.") : first;
}
