import type { Buffer } from "node:buffer";
import type { Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { type MemcachedClient, memcachedDriver } from "./lib/memcached-clients.ts";
import type { MemcachedDriver } from "./lib/memcached-driver.ts";
import { keyOf, lifetimeUntil, pack, unpack } from "./lib/memcached-item.ts";
import { swapWhileSame } from "./lib/memcached-swap.ts";
import { assertOption, assertOptions } from "./lib/options.ts";

/** What `memcachedStore` takes. */
export interface MemcachedStoreOptions {
  /** A client of `memjs`, `memcache-client` (for one server) or `memcached`. */
  client: MemcachedClient;
  /** Stands before every key: 1 to 100 letters, digits and `_ - . : /`. Default `"session:"`. */
  prefix?: string;
  /** The largest item that the server takes, in bytes: its `-I`. Default 1 MiB, as the server's. */
  maxItemBytes?: number;
}

const PREFIX = /^[\w.:/-]{1,100}$/;
/** What the server keeps with an item, besides its key and value. */
const ITEM_OVERHEAD = 64;

/**
 * Keeps sessions in Memcached 1.4 or later: one item `session:<id>` for each, changed by compare-and-swap. Takes the client
 * that the application has, and closes nothing.
 *
 * Reading is one command, and so is writing; a read that is due to renew, a delete, and a write after another process renewed
 * take one or two more.
 *
 * Memcached is a cache: it drops sessions when its memory is full, and all of them when it is restarted. It can't list, so
 * `list`, and `revokeAll` with it, reject with `ERR_NOT_SUPPORTED`. Of what it holds, this store loses nothing.
 *
 * A session that is larger than the server takes is refused before it is sent, with the old one in place.
 *
 * Throws `TypeError` for a `client` that is none, or that was made with a failover (a server that comes back would bring back
 * sessions that have ended), and for a `prefix` or `maxItemBytes` that can't be one.
 *
 * @example
 * ```ts
 * import { Client } from "memjs";
 * import { createSessionManager } from "dewar";
 * import { memcachedStore } from "dewar/stores/memcached";
 *
 * const client = Client.create("localhost:11211");
 * const manager = createSessionManager({ store: memcachedStore({ client }) });
 * ```
 */
export function memcachedStore(options: MemcachedStoreOptions): Store {
  assertOptions(options, "memcachedStore", "{ client, prefix?, maxItemBytes? }");
  const { client, prefix = "session:", maxItemBytes = 2 ** 20 } = options;
  const fits = typeof prefix === "string" && PREFIX.test(prefix);
  assertOption(fits, "prefix", "1 to 100 letters, digits and _ - . : /, which stand before every key");
  const isSize = Number.isSafeInteger(maxItemBytes) && maxItemBytes >= 1024;
  assertOption(isSize, "maxItemBytes", "the server's -I in bytes, from 1024");
  return new MemcachedStore(memcachedDriver(client), prefix, maxItemBytes);
}

/** An item as it was read: the version of its session. */
class Version {
  readonly payload: Buffer;
  readonly cas: string;
  readonly #end: number | undefined;

  constructor(payload: Buffer, cas: string, end: number | undefined) {
    this.payload = payload;
    this.cas = cas;
    this.#end = end;
  }

  isLive(): boolean {
    return this.#end === undefined || this.#end > Date.now();
  }

  isDue({ ifBefore, expiresAt }: Renewal): boolean {
    return this.#end !== undefined && this.#end < Math.min(ifBefore.getTime(), expiresAt.getTime());
  }

  found(): StoredSession {
    const expiry = this.#end === undefined ? {} : { expiresAt: new Date(this.#end) };
    return { payload: this.payload, version: this, renewed: false, ...expiry };
  }
}

class MemcachedStore implements Store {
  readonly #driver: MemcachedDriver;
  readonly #prefix: string;
  readonly #maxItemBytes: number;

  constructor(driver: MemcachedDriver, prefix: string, maxItemBytes: number) {
    this.#driver = driver;
    this.#prefix = prefix;
    this.#maxItemBytes = maxItemBytes;
  }

  async create(id: string, payload: Uint8Array, { expiresAt }: WriteMeta): Promise<"ok" | "exists"> {
    const key = keyOf(this.#prefix, id);
    const value = this.#pack(key, payload, expiresAt);
    if (await this.#driver.add(key, value, lifetimeUntil(expiresAt.getTime()))) return "ok";
    const stored = await this.#get(key);
    if (!stored || stored.isLive()) return "exists";
    return (await this.#swap(key, value, stored, expiresAt)) === "ok" ? "ok" : "exists";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const key = keyOf(this.#prefix, id);
    const stored = await this.#getLive(key);
    if (!stored || !renewal || !stored.isDue(renewal)) return stored?.found();
    // By compare-and-swap: a plain touch would bring nearer the end that another process has just put off.
    const { expiresAt } = renewal;
    const outcome = await this.#swap(key, this.#pack(key, stored.payload, expiresAt), stored, expiresAt);
    if (outcome === "gone") return undefined;
    return outcome === "ok" ? { ...stored.found(), renewed: true, expiresAt } : stored.found();
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    { expiresAt }: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    const read = version instanceof Version ? version : undefined;
    const payloadBefore = read?.payload ?? version;
    if (!(payloadBefore instanceof Uint8Array)) return "conflict";
    const key = keyOf(this.#prefix, id);
    const value = this.#pack(key, payload, expiresAt);
    const swap = async (item: Version) => (item.isLive() ? this.#swap(key, value, item, expiresAt) : "conflict");
    return swapWhileSame(payloadBefore, read, swap, () => this.#getLive(key));
  }

  async delete(id: string): Promise<boolean> {
    const key = keyOf(this.#prefix, id);
    const stored = await this.#getLive(key);
    // Even if it has ended by the clock here: by that of another process it may live.
    const deleted = await this.#driver.delete(key);
    return deleted && stored !== undefined;
  }

  async #get(key: string): Promise<Version | undefined> {
    const item = await this.#driver.get(key);
    if (!item) return undefined;
    const { payload, end } = unpack(item.value);
    return new Version(payload, item.cas, end);
  }

  async #getLive(key: string): Promise<Version | undefined> {
    const stored = await this.#get(key);
    return stored?.isLive() ? stored : undefined;
  }

  #swap(key: string, value: Buffer, { cas }: Version, expiresAt: Date): Promise<"ok" | "conflict" | "gone"> {
    return this.#driver.cas(key, value, cas, lifetimeUntil(expiresAt.getTime()));
  }

  #pack(key: string, payload: Uint8Array, expiresAt: Date): Buffer {
    const value = pack(payload, expiresAt.getTime());
    const size = value.length + key.length + ITEM_OVERHEAD;
    if (size <= this.#maxItemBytes) return value;
    const advice = "start Memcached with a larger -I and set maxItemBytes to it, or set the manager's maxBytes lower";
    throw new Error(`A session takes ${size} bytes in Memcached, of ${this.#maxItemBytes} at most: ${advice}.`);
  }
}
