import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";
import type { Renewal, Store, StoredSession, WriteMeta } from "../../store.ts";
import { ExpiryMemo } from "../../stores/lib/expiry-memo.ts";
import { type MemcachedClient, memcachedDriver } from "../../stores/lib/memcached-clients.ts";
import type { MemcachedDriver, MemcachedItem } from "../../stores/lib/memcached-driver.ts";
import { LATEST, lifetimeUntil, NEVER } from "../../stores/lib/memcached-item.ts";
import { swapWhileSame } from "../../stores/lib/memcached-swap.ts";
import { assertOption } from "../../stores/lib/options.ts";
import { fittingIds } from "./fitting-ids.ts";

/** What `bareMemcachedStore` takes. */
export interface BareMemcachedStoreOptions {
  /** A client of `memjs`, `memcache-client` (for one server) or `memcached`. */
  client: MemcachedClient;
  /** Stands before each id in its key. Default `"session:"`. */
  prefix?: string;
}

/** Memcached's own limit; what separates words and lines can't stand in a key. */
const KEY = /^[\x21-\x7e]{1,250}$/;
const MEMO_SIZE = 50_000;
/** A bit of the flags, to all of Python's clients: compressed by zlib. */
const COMPRESSED = 8;
const MOST_INFLATED = 2 ** 23;

/**
 * Keeps sessions as Flask-Session does in Memcached: the payload is the whole item. Memcached doesn't tell when an item ends, and the
 * item neither, so a process remembers it of the sessions that it knows; of the others it puts the end off by the first read. Give all
 * programs the same idle timeout: who renews with a shorter one brings nearer the end that another has put off. A session
 * may last three seconds longer than asked.
 *
 * An item without bytes is missing, as it is to Flask; so is any id that can't be a key. It can't list.
 *
 * Throws `TypeError` for a `client` or `prefix` that can't be one.
 */
export function bareMemcachedStore(options: BareMemcachedStoreOptions): Store {
  const { client, prefix = "session:" } = options;
  const isPrefix = typeof prefix === "string" && (prefix === "" || KEY.test(prefix));
  assertOption(
    isPrefix,
    "prefix",
    "at most 250 printable ASCII characters without a space, which stand before every id",
  );
  return fittingIds(new BareMemcachedStore(memcachedDriver(client), prefix), (id) => KEY.test(prefix + id));
}

/** An item as it was read: the version of its session. */
class Version {
  readonly payload: Buffer;
  readonly cas: string;

  constructor(item: MemcachedItem) {
    this.payload = payloadOf(item);
    this.cas = item.cas;
  }
}

class BareMemcachedStore implements Store {
  readonly #driver: MemcachedDriver;
  readonly #prefix: string;
  readonly #known = new ExpiryMemo(MEMO_SIZE);

  constructor(driver: MemcachedDriver, prefix: string) {
    this.#driver = driver;
    this.#prefix = prefix;
  }

  async create(id: string, payload: Uint8Array, { expiresAt }: WriteMeta): Promise<"ok" | "exists"> {
    const value = Buffer.from(payload);
    const key = this.#key(id);
    if (!(await this.#driver.add(key, value, lifetime(expiresAt)))) {
      const item = await this.#driver.get(key);
      if (!item || item.value.length > 0) return "exists";
      if ((await this.#driver.cas(key, value, item.cas, lifetime(expiresAt))) !== "ok") return "exists";
    }
    this.#known.note(id, expiresAt.getTime());
    return "ok";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const item = await this.#get(id);
    if (!item) return undefined;
    const found = { payload: item.payload, version: item };
    if (!renewal || !this.#isDue(id, renewal)) return { ...found, renewed: false };
    const { expiresAt } = renewal;
    if (!(await this.#driver.touch(this.#key(id), lifetime(expiresAt)))) return undefined;
    this.#known.note(id, expiresAt.getTime());
    return { ...found, renewed: true, expiresAt };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    { expiresAt }: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    const read = version instanceof Version ? version : undefined;
    const before = read?.payload ?? version;
    if (!(before instanceof Uint8Array)) return "conflict";
    const value = Buffer.from(payload);
    const swap = ({ cas }: Version) => this.#driver.cas(this.#key(id), value, cas, lifetime(expiresAt));
    const outcome = await swapWhileSame(before, read, swap, () => this.#get(id));
    if (outcome === "ok") this.#known.note(id, expiresAt.getTime());
    return outcome;
  }

  async delete(id: string): Promise<boolean> {
    this.#known.forget(id);
    const item = await this.#get(id);
    const deleted = await this.#driver.delete(this.#key(id));
    return deleted && item !== undefined;
  }

  async #get(id: string): Promise<Version | undefined> {
    const item = await this.#driver.get(this.#key(id));
    return item && item.value.length > 0 ? new Version(item) : undefined;
  }

  #key(id: string): string {
    return this.#prefix + id;
  }

  #isDue(id: string, { ifBefore, expiresAt }: Renewal): boolean {
    return !this.#known.lastsUntil(id, Math.min(ifBefore.getTime(), expiresAt.getTime()));
  }
}

/** What was compressed, inflated. What only claims to be is no session, which its codec tells. */
function payloadOf({ value, flags }: MemcachedItem): Buffer {
  if ((flags & COMPRESSED) === 0) return value;
  try {
    return inflateSync(value, { maxOutputLength: MOST_INFLATED });
  } catch {
    return value;
  }
}

/** Nothing ends the item but Memcached: so never is no lifetime, and the last that it can count to is. */
function lifetime(expiresAt: Date): number {
  const counted = lifetimeUntil(expiresAt.getTime());
  return counted === NEVER ? LATEST : counted;
}
