import { Buffer } from "node:buffer";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { ExpiryMemo } from "./lib/expiry-memo.ts";
import { assertOption, assertOptions } from "./lib/options.ts";
import { type RedisClient, type RedisDriver, redisDriver } from "./lib/redis-driver.ts";
import { type RedisKeys, redisKeys, scanIds } from "./lib/redis-keys.ts";
import { arrayOrNull, arrayUpTo, bytesOrNull, integer, wasSet } from "./lib/redis-replies.ts";
import { ADD_TO_LIST, READ_ALL, READ_AND_RENEW, REPLACE, run } from "./lib/redis-scripts.ts";
import { estimateKeys, walkIds } from "./lib/redis-walk.ts";

/** What `redisStore` takes. */
export interface RedisStoreOptions {
  /** A connected client of `redis` (5 or later) or `ioredis` (5 or later): for one server, a Cluster or Sentinel. */
  client: RedisClient;
  /** Stands before every key. Default `"session:"`. */
  prefix?: string;
}

/** Sessions, at least. Of those that it has forgotten, the next read costs a script. */
const MEMO_SIZE = 50_000;
const PAGE = 100_000;
const BATCH = 100;

/**
 * Keeps sessions in Redis 6.2 or later, or Valkey: a string `session:<id>` for each, which Redis itself expires, and a
 * sorted set `session:§<subject>` for each user, which lists his sessions and cleans itself. Takes the client that the
 * application has, and closes nothing. In a Cluster, records spread over all nodes. (A `keyPrefix` of an `ioredis` client
 * stands before `prefix`; one of a `redis` client doesn't.)
 *
 * A call is one round trip (a login in a Cluster, Sentinel or pool: two), and a read is one plain `GET`: a process remembers when the sessions that it knows end, and
 * asks Redis to renew one only when it is due. Where other programs write the same sessions, give them the same idle
 * timeout: if one shortens a session's life, this process may notice a tenth of `idleTimeout` late.
 *
 * What Redis loses is lost: with an eviction policy it may drop sessions and lists, and a failover may undo the last writes,
 * a logout too. Set `maxmemory-policy noeviction`, and read from masters (the default of both clients).
 *
 * A command that a client of `redis` can't write to its server within 5 seconds is dropped, whatever its own `timeout` is.
 *
 * Throws `TypeError` for a `client` that is none or isn't connected, and for a `prefix` that isn't a string.
 *
 * @example
 * ```ts
 * import { createClient } from "redis";
 * import { createSessionManager } from "dewar";
 * import { redisStore } from "dewar/stores/redis";
 *
 * const client = await createClient({ url: "redis://localhost:6379" })
 *   .on("error", console.error) // without a listener, Node ends the process
 *   .connect();
 * const manager = createSessionManager({ store: redisStore({ client, prefix: "shop:session:" }) });
 * ```
 */
export function redisStore(options: RedisStoreOptions): Store {
  assertOptions(options, "redisStore", "{ client, prefix? }");
  const { client, prefix = "session:" } = options;
  assertOption(typeof prefix === "string", "prefix", "a string, which stands before every key");
  return new RedisStore(redisDriver(client), prefix);
}

class RedisStore implements Store {
  readonly #driver: RedisDriver;
  readonly #prefix: string;
  readonly #keys: RedisKeys;
  readonly #known = new ExpiryMemo(MEMO_SIZE);
  #isOneServer: boolean;

  constructor(driver: RedisDriver, prefix: string) {
    this.#driver = driver;
    this.#isOneServer = driver.oneServer;
    this.#prefix = prefix;
    this.#keys = redisKeys(prefix);
  }

  async create(id: string, payload: Uint8Array, meta: WriteMeta): Promise<"ok" | "exists"> {
    const bytes = view(payload);
    const { subject, expiresAt, endsAt } = meta;
    const done = await (subject === undefined
      ? this.#insert(id, bytes, expiresAt)
      : this.#insertListed(id, bytes, expiresAt, this.#addToList(subject, id, endsAt)));
    if (!done) return "exists";
    this.#known.note(id, expiresAt.getTime());
    return "ok";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    if (renewal && !this.#known.lastsUntil(id, renewal.ifBefore.getTime())) return this.#readAndRenew(id, renewal);
    const payload = bytesOrNull(await this.#get(id));
    return payload === null ? undefined : { payload, version: payload, renewed: false };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    meta: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    if (!(version instanceof Uint8Array)) return "conflict";
    const args = [view(version), view(payload), span(meta.expiresAt)];
    const outcome = integer(await run(this.#driver, REPLACE, [this.#keys.record(id)], args));
    if (outcome === 0) this.#known.note(id, meta.expiresAt.getTime());
    return outcome === 0 ? "ok" : outcome === 1 ? "conflict" : "gone";
  }

  async delete(id: string): Promise<boolean> {
    this.#known.forget(id);
    const key = this.#keys.record(id);
    return integer(await this.#driver.send(key, ["del", key])) === 1;
  }

  list(filter: ListFilter): AsyncIterable<ListedSession> {
    return filter.order === "any" && filter.subject === undefined ? this.#walk(filter) : this.#inOrder(filter);
  }

  estimate(): Promise<{ count: number; sampled: number }> {
    return estimateKeys(this.#driver, this.#prefix);
  }

  async *#walk({ after, limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    let left = limit;
    for await (const places of walkIds(this.#driver, this.#prefix, after, limit)) {
      for (let next = 0; next < places.length && left > 0; next += BATCH) {
        const batch = places.slice(next, next + BATCH);
        const found = await this.#listed(batch.map(({ id }) => id));
        for (const [index, session] of found.entries()) {
          if (!session || left-- <= 0) continue;
          yield { ...session, cursor: batch[index]?.cursor ?? "" };
        }
      }
      if (left <= 0) return;
    }
  }

  async *#inOrder(filter: ListFilter): AsyncIterable<ListedSession> {
    const { subject, after = "", limit = Number.POSITIVE_INFINITY } = filter;
    const who = subject === undefined ? {} : { subject };
    let left = limit;
    for await (const ids of this.#ids(subject, after, limit)) {
      let size = Math.min(left, BATCH);
      for (let next = 0; next < ids.length && left > 0; ) {
        const batch = ids.slice(next, next + size);
        next += batch.length;
        const found = (await this.#listed(batch)).filter((session) => session !== undefined);
        // An old list may be of sessions that are gone, mostly.
        if (found.length === 0) size = Math.min(2 * size, BATCH);
        for (const session of found) {
          if (left-- <= 0) return;
          yield { ...session, ...who };
        }
      }
      if (left <= 0) return;
    }
  }

  async #insert(id: string, payload: Buffer, expiresAt: Date): Promise<boolean> {
    const key = this.#keys.record(id);
    return wasSet(await this.#driver.send(key, ["set", key, payload, "px", span(expiresAt), "nx"]));
  }

  /** Both in one round trip where the order is sure; else one after the other. */
  async #insertListed(id: string, payload: Buffer, expiresAt: Date, entry: Promise<unknown>): Promise<boolean> {
    if (!this.#driver.ordered) await entry;
    const [listed, inserted] = await Promise.allSettled([entry, this.#insert(id, payload, expiresAt)]);
    if (listed.status === "rejected") {
      // A record that no list shows would outlive "sign out everywhere".
      if (inserted.status === "fulfilled" && inserted.value) await this.delete(id);
      throw listed.reason;
    }
    if (inserted.status === "rejected") throw inserted.reason;
    return inserted.value;
  }

  /** With its source each time: a first attempt by hash that fails would let the record overtake the entry. */
  #addToList(subject: string, id: string, endsAt: Date): Promise<unknown> {
    const key = this.#keys.list(subject);
    return this.#driver.send(key, ["eval", ADD_TO_LIST.source, "1", key, id, span(endsAt)]);
  }

  #get(id: string): Promise<unknown> {
    const key = this.#keys.record(id);
    return this.#driver.send(key, ["get", key]);
  }

  async #readAndRenew(id: string, { ifBefore, expiresAt }: Renewal): Promise<StoredSession | undefined> {
    const now = Date.now();
    const args = [span(ifBefore, now), span(expiresAt, now)];
    const reply = arrayOrNull(await run(this.#driver, READ_AND_RENEW, [this.#keys.record(id)], args));
    const payload = reply && bytesOrNull(reply[0]);
    if (!payload) return undefined;
    const [renewed, left] = [integer(reply[1]), integer(reply[2])];
    const end = left < 0 ? undefined : now + left;
    this.#known.note(id, end ?? expiresAt.getTime());
    return { payload, version: payload, renewed: renewed === 1, ...expiry(end) };
  }

  async *#ids(subject: string | undefined, after: string, limit: number): AsyncGenerator<string[]> {
    if (subject !== undefined) {
      const key = this.#keys.list(subject);
      const entries = (await this.#driver.send(key, ["zrange", key, "0", "-1"])) as Buffer[];
      yield entries
        .map(String)
        .filter((id) => id > after)
        .sort();
      return;
    }
    const size = Math.min(Math.max(limit, BATCH), PAGE);
    for (let from = after; ; ) {
      const ids = await scanIds(this.#driver, this.#prefix, from, size);
      yield ids;
      from = ids.at(-1) ?? from;
      if (ids.length < size) return;
    }
  }

  async #listed(ids: readonly string[]): Promise<(ListedSession | undefined)[]> {
    const keys = ids.map((id) => this.#keys.record(id));
    const replies = this.#isOneServer ? await this.#readAll(keys) : await this.#readEach(keys);
    return ids.map((id, index) => {
      const [bytes, left] = arrayOrNull(replies[index]) ?? [null];
      const payload = bytesOrNull(bytes);
      if (payload === null) return undefined;
      const milliseconds = integer(left);
      return { id, payload, cursor: id, ...expiry(milliseconds < 0 ? undefined : Date.now() + milliseconds) };
    });
  }

  /** Payload and time left of each that is there: mostly by one command. */
  async #readAll(keys: readonly string[]): Promise<unknown[]> {
    const found: unknown[] = [];
    try {
      while (found.length < keys.length) {
        const rest = keys.slice(found.length);
        found.push(...arrayUpTo(rest.length, await run(this.#driver, READ_ALL, rest, [])));
      }
      return found;
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("CROSSSLOT"))) throw error;
      // A Cluster, behind one address.
      this.#isOneServer = false;
      return this.#readEach(keys);
    }
  }

  /** The same by two commands for each, all in one round trip: in a Cluster they are on several servers. */
  #readEach(keys: readonly string[]): Promise<unknown[]> {
    const driver = this.#driver;
    return Promise.all(
      keys.map((key) => Promise.all([driver.send(key, ["get", key]), driver.send(key, ["pttl", key])])),
    );
  }
}

/** Both clients take a Buffer, and only that, for bytes. Not a copy: a command is written out before it is answered. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Milliseconds from now, as Redis takes them: never 0. */
function span(until: Date, now: number = Date.now()): string {
  return String(Math.max(1, until.getTime() - now));
}

function expiry(end: number | undefined): { expiresAt?: Date } {
  return end === undefined ? {} : { expiresAt: new Date(end) };
}
