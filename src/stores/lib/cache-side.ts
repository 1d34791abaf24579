import type { Store } from "../../store.ts";
import { type CacheEntry, decodeEntry, encodeEntry, lastUse } from "./cache-entry.ts";
import { within } from "./within.ts";

/** What stands in the cache: an entry, or something that isn't one. */
export interface Found {
  entry: CacheEntry | undefined;
  version: unknown;
}

/** Sets what is in the cache apart from sessions, should both be in one place. */
const PREFIX = "cached:";
const LONGEST_ID = 255 - PREFIX.length;
/** Milliseconds without the cache after a fault of it. */
const PAUSE = 1000;

/** A store as a cache, whose faults fail nothing: what it can't do isn't done, and `onError` hears why. */
export class CacheSide {
  readonly #store: Store;
  readonly #span: number;
  readonly #timeout: number;
  readonly #onError: (error: unknown) => void;
  #pausedUntil = 0;

  /** Keeps an entry for `span` milliseconds at most; each use is given `timeout` milliseconds. */
  constructor(store: Store, span: number, timeout: number, onError: (error: unknown) => void) {
    this.#store = store;
    this.#span = span;
    this.#timeout = timeout;
    this.#onError = onError;
  }

  find(id: string): Promise<Found | undefined> {
    return this.#try(id, (key) => this.#find(key));
  }

  /** Puts `entry` in the place of `found`, unless anyone has put another there since. */
  async renew(id: string, entry: CacheEntry, found: Found | undefined): Promise<void> {
    await this.#try(id, (key) => this.#swap(key, entry, found));
  }

  /** Puts `entry` there, whatever stands there. */
  async put(id: string, entry: CacheEntry): Promise<void> {
    await this.#try(id, async (key) => {
      if (!(await this.#swap(key, entry, await this.#find(key)))) await this.#store.delete(key);
    });
  }

  async drop(id: string): Promise<void> {
    await this.#try(id, (key) => this.#store.delete(key));
  }

  /** For what is done to the whole of it. */
  async attend(work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => this.#fail(error));
  }

  async #find(key: string): Promise<Found | undefined> {
    const stored = await this.#store.read(key);
    return stored && { entry: decodeEntry(stored.payload), version: stored.version };
  }

  async #swap(key: string, entry: CacheEntry, found: Found | undefined): Promise<boolean> {
    const expiresAt = new Date(lastUse(entry, this.#span));
    const [bytes, meta] = [encodeEntry(entry), { expiresAt, endsAt: expiresAt }];
    if (!found) return (await this.#store.create(key, bytes, meta)) === "ok";
    return (await this.#store.replace(key, bytes, found.version, meta)) === "ok";
  }

  async #try<T>(id: string, work: (key: string) => Promise<T>): Promise<T | undefined> {
    if (id.length > LONGEST_ID || performance.now() < this.#pausedUntil) return undefined;
    const late = () => new Error(`The cache didn't answer within ${this.#timeout} ms.`);
    try {
      return await within(this.#timeout, work(PREFIX + id), late);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    const now = performance.now();
    // Those that were under way fail for the same reason.
    if (now < this.#pausedUntil) return;
    this.#pausedUntil = now + PAUSE;
    this.#onError(error);
  }
}
