import process from "node:process";
import { type Duration, milliseconds } from "../core/duration.ts";
import type { Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { type CacheEntry, isDue, lastUse } from "./lib/cache-entry.ts";
import { CacheSide, type Found } from "./lib/cache-side.ts";
import { assertOption } from "./lib/options.ts";
import { OwnWrites } from "./lib/own-writes.ts";
import { owning } from "./lib/owning.ts";

/** What `cached` takes. */
export interface CachedOptions {
  /** The fast store in front. What it loses, or can't do, costs time only. */
  cache: Store;
  /** The durable store behind: where the sessions are. */
  store: Store;
  /** How old an answer may be at most: a number of seconds, or a string such as `"5s"`. */
  for: Duration;
  /** How long the cache is waited for, before the store is asked instead. Default 0.2 seconds. */
  timeout?: Duration;
  /** Hears of faults of the cache, one a second at most. By default they are warnings of the process. */
  onError?: (error: unknown) => void;
}

/** Sessions written here whose writes are remembered, at most. */
const MEMORY = 100_000;
/** Milliseconds by which the clocks of two processes may differ. */
const SKEW = 1000;

/**
 * Puts a fast store in front of a durable one: `memoryStore` before PostgreSQL, say, or Redis before it for many processes.
 * Reading a session costs the durable store nothing as long as the cache knows it; every write goes there, by
 * compare-and-swap, before it is acknowledged. So nothing is ever lost by the cache.
 *
 * What it costs is that an answer can be `for` seconds old. **A session that another process has ended goes on here for so long
 * at most**; one that this process has ended, or written, is never seen again as it was before. Keep `for` short: 5 seconds
 * take most reads from the store, and a request that must not rely on them (a payment) can `update()`, which
 * asks the store.
 *
 * A fault of the cache fails no request: it is told to `onError`, and for a second the store is asked alone. `list`, `prune`
 * and `setup` are the durable store's (the cache is pruned and set up with it). `close` closes both, each what it opened.
 *
 * Throws `TypeError` for a `cache` or `store` that isn't a store or is the other one, and for a `for` or `timeout` that isn't a span of time.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { cached } from "dewar/stores/cached";
 * import { memoryStore } from "dewar/stores/memory";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const store = cached({ cache: memoryStore(), store: sqliteStore({ file: "sessions.sqlite" }), for: "5s" });
 * const manager = createSessionManager({ store });
 * ```
 */
export function cached(options: CachedOptions): Store {
  const { cache, store, timeout = 0.2, onError = warn } = options;
  const isStore = (candidate: unknown) => typeof candidate === "object" && candidate !== null && "replace" in candidate;
  assertOption(isStore(store), "store", "the durable store, where the sessions are");
  assertOption(isStore(cache) && cache !== store, "cache", "a store of its own, in front of the durable one");
  assertOption(typeof onError === "function", "onError", "a function, which hears of faults of the cache");
  const span = milliseconds(options.for, "for");
  const side = new CacheSide(cache, span, milliseconds(timeout, "timeout"), onError);
  const through = new CachedStore(store, side, span);
  const { list, estimate, prune, setup } = store;
  const whole: Store = {
    create: (...args) => through.create(...args),
    read: (...args) => through.read(...args),
    replace: (...args) => through.replace(...args),
    delete: (...args) => through.delete(...args),
    ...(list && { list: (filter) => list.call(store, filter) }),
    ...(estimate && { estimate: () => estimate.call(store) }),
    ...(prune && {
      prune: async (now) => {
        await side.attend(async () => cache.prune?.(now));
        return prune.call(store, now);
      },
    }),
    ...((setup ?? cache.setup) && {
      setup: async () => {
        await setup?.call(store);
        await cache.setup?.();
      },
    }),
  };
  if (!store.close && !cache.close) return whole;
  return owning(whole, () => Promise.all([store.close?.(), cache.close?.()]));
}

/** The version of what the cache answered: its bytes are what the store must still hold. */
class CachedVersion {
  readonly payload: Uint8Array;

  constructor(payload: Uint8Array) {
    this.payload = payload;
  }
}

class CachedStore {
  readonly #store: Store;
  readonly #cache: CacheSide;
  readonly #span: number;
  readonly #own: OwnWrites;

  constructor(store: Store, cache: CacheSide, span: number) {
    this.#store = store;
    this.#cache = cache;
    this.#span = span;
    this.#own = new OwnWrites(span + SKEW, MEMORY);
  }

  create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<"ok" | "exists"> {
    return this.#put(id, payload, meta, () => this.#store.create(id, payload, meta));
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const found = await this.#cache.find(id);
    return this.#answer(id, found, renewal) ?? this.#ask(id, found, renewal);
  }

  replace(id: string, payload: Uint8Array, version: unknown, meta: WriteMeta): Promise<"ok" | "conflict" | "gone"> {
    const known = version instanceof CachedVersion ? version.payload : version;
    return this.#put(id, payload, meta, () => this.#store.replace(id, payload, known, meta));
  }

  delete(id: string): Promise<boolean> {
    return this.#write(
      id,
      () => this.#store.delete(id),
      () => ({ since: Date.now() }),
    );
  }

  /** What the cache found, if it is an answer to `renewal` and can be believed. */
  #answer(id: string, found: Found | undefined, renewal: Renewal | undefined): StoredSession | undefined {
    const { entry } = found ?? {};
    const now = Date.now();
    if (!entry?.payload || entry.since > now + SKEW || lastUse(entry, this.#span) <= now) return undefined;
    if (renewal && isDue(entry, renewal)) return undefined;
    if (!this.#own.allow(id, entry.payload)) return undefined;
    const { payload, expires } = entry;
    const expiry = expires === undefined ? {} : { expiresAt: new Date(expires) };
    return { payload, version: new CachedVersion(payload), renewed: false, ...expiry };
  }

  /** Asks the store, and tells the cache, unless that has heard of something else meanwhile. */
  async #ask(id: string, found: Found | undefined, renewal: Renewal | undefined): Promise<StoredSession | undefined> {
    const start = Date.now();
    const stored = await this.#store.read(id, renewal);
    const entry = stored && entryOf(stored.payload, start, ending(stored, renewal));
    if (entry) await this.#cache.renew(id, entry, found);
    else if (found?.entry?.payload) await this.#cache.drop(id);
    return stored;
  }

  #put<T>(
    id: string,
    payload: Uint8Array,
    { expiresAt }: WriteMeta,
    write: () => Promise<T | "ok">,
  ): Promise<T | "ok"> {
    const start = Date.now();
    return this.#write(id, write, (outcome) =>
      outcome === "ok" ? entryOf(payload, start, { expires: expiresAt.getTime() }) : undefined,
    );
  }

  /** Writes to the store, then to the cache: what `leaves` says. Where that is unknown, the cache forgets the session. */
  async #write<T>(id: string, write: () => Promise<T>, leaves: (outcome: T) => CacheEntry | undefined): Promise<T> {
    let entry: CacheEntry | undefined;
    this.#own.begin(id);
    try {
      const outcome = await write();
      entry = leaves(outcome);
      return outcome;
    } finally {
      this.#own.end(id, entry?.payload);
      await (entry ? this.#cache.put(id, entry) : this.#cache.drop(id));
    }
  }
}

/** What the session was at `since` or later. Undefined where nothing is known about its end. */
function entryOf(payload: Uint8Array, since: number, { expires, lastsUntil }: Ending): CacheEntry | undefined {
  if (expires === undefined && lastsUntil === undefined) return undefined;
  const lasts = lastsUntil === undefined ? undefined : lastsUntil - since;
  return { since, expires, lasts, payload };
}

interface Ending {
  expires?: number;
  lastsUntil?: number;
}

/** A store that doesn't say when a session ends has at least done as `renewal` asked. */
function ending({ expiresAt, renewed }: StoredSession, renewal: Renewal | undefined): Ending {
  if (expiresAt) return { expires: expiresAt.getTime() };
  if (!renewal) return {};
  const { ifBefore } = renewal;
  const latest = renewal.expiresAt.getTime();
  return { lastsUntil: renewed ? latest : Math.min(ifBefore.getTime(), latest) };
}

function warn(error: unknown): void {
  process.emitWarning(`The session cache failed: ${error instanceof Error ? error.message : "unknown error"}`);
}
