import { Buffer } from "node:buffer";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { assertOption } from "./lib/options.ts";

/** What `memoryStore` takes. */
export interface MemoryStoreOptions {
  /** How many sessions it holds at most; a further one pushes out the least recently used. Default 10 000. */
  maxSessions?: number;
}

interface Entry {
  payload: Uint8Array;
  expires: number;
  subject: string | undefined;
}

const SWEEP_EVERY = 60_000;

/**
 * Keeps sessions in the memory of this process: for tests, for development, and for a small application that is one
 * process and may forget. Not for several processes or a cluster (each would know only its own sessions), nor for what
 * must outlive a restart or a deployment: that is `sqliteStore` or `redisStore`.
 *
 * Holds `maxSessions` (default 10 000) at most, least recently used out first: whoever can start sessions can push others
 * out. No timer: what expired is cleared by a later `create`, at most once a minute, and by `prune`.
 *
 * Throws `TypeError` for a `maxSessions` that isn't a positive integer.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { memoryStore } from "dewar/stores/memory";
 *
 * const manager = createSessionManager({ store: memoryStore({ maxSessions: 500 }) });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxSessions = 10_000 } = options;
  assertOption(Number.isSafeInteger(maxSessions) && maxSessions > 0, "maxSessions", "a positive integer");
  return new MemoryStore(maxSessions);
}

class MemoryStore implements Store {
  /** In order of use, the least recent first. */
  readonly #entries = new Map<string, Entry>();
  readonly #maxSessions: number;
  #nextSweep = 0;

  constructor(maxSessions: number) {
    this.#maxSessions = maxSessions;
  }

  async create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<"ok" | "exists"> {
    const now = Date.now();
    if (now >= this.#nextSweep) {
      this.#nextSweep = now + SWEEP_EVERY;
      this.#sweep(now);
    }
    if (this.#live(id)) return "exists";
    this.#use(id, { payload: new Uint8Array(payload), expires: meta.expiresAt.getTime(), subject: meta.subject });
    if (this.#entries.size > this.#maxSessions) this.#dropLeastRecent();
    return "ok";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const entry = this.#live(id);
    if (!entry) return undefined;
    const due =
      renewal !== undefined && entry.expires < Math.min(renewal.ifBefore.getTime(), renewal.expiresAt.getTime());
    if (due) entry.expires = renewal.expiresAt.getTime();
    this.#use(id, entry);
    const payload = new Uint8Array(entry.payload);
    return { payload, version: payload, renewed: due, expiresAt: new Date(entry.expires) };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    const entry = this.#live(id);
    if (!entry) return "gone";
    if (!sameBytes(entry.payload, version)) return "conflict";
    this.#use(id, { ...entry, payload: new Uint8Array(payload), expires: meta.expiresAt.getTime() });
    return "ok";
  }

  async delete(id: string): Promise<boolean> {
    return this.#live(id) !== undefined && this.#entries.delete(id);
  }

  async *list(filter: ListFilter): AsyncIterable<ListedSession> {
    const { subject, after = "", limit = Number.POSITIVE_INFINITY } = filter;
    const matches = ([id, entry]: [string, Entry]) =>
      id > after && (subject === undefined || entry.subject === subject);
    const ids = [...this.#entries].filter(matches).map(([id]) => id);
    let left = limit;
    for (const id of ids.sort()) {
      if (left <= 0) return;
      const entry = this.#live(id);
      if (!entry) continue;
      left--;
      const expiresAt = new Date(entry.expires);
      const who = entry.subject === undefined ? {} : { subject: entry.subject };
      yield { id, payload: new Uint8Array(entry.payload), cursor: id, expiresAt, ...who };
    }
  }

  async prune(now: Date): Promise<number> {
    return this.#sweep(now.getTime());
  }

  #live(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    return entry && entry.expires > Date.now() ? entry : undefined;
  }

  #use(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
  }

  #dropLeastRecent(): void {
    for (const id of this.#entries.keys()) {
      this.#entries.delete(id);
      return;
    }
  }

  #sweep(now: number): number {
    let swept = 0;
    for (const [id, entry] of this.#entries) {
      if (entry.expires > now) continue;
      this.#entries.delete(id);
      swept++;
    }
    return swept;
  }
}

function sameBytes(bytes: Uint8Array, version: unknown): boolean {
  return version instanceof Uint8Array && Buffer.compare(bytes, version) === 0;
}
