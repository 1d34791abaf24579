import { Buffer } from "node:buffer";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ListedSession, ListFilter, Renewal, Store, StoredSession, WriteMeta } from "../store.ts";
import { collectionOf, type MongodbClient, type MongodbCollection } from "./lib/mongodb-collection.ts";
import { count, documentOf, listOf, type SessionDocument, unexpected } from "./lib/mongodb-document.ts";
import { BYTEWISE, ensureIndexes, isDuplicate } from "./lib/mongodb-indexes.ts";
import { assertOption, assertOptions } from "./lib/options.ts";

/** What `mongodbStore` takes: a collection, or a client and names. */
export type MongodbStoreOptions = MongodbCollectionOptions | MongodbClientOptions;

/** For a collection that you have. */
export interface MongodbCollectionOptions {
  /** A collection of `mongodb` (6 or later). */
  collection: MongodbCollection;
  /** Stands before every id in the documents. Default `"session:"`. */
  prefix?: string;
}

/** For a client, and the names of what is in it. */
export interface MongodbClientOptions {
  /** A `MongoClient` of `mongodb` (6 or later). */
  client: MongodbClient;
  /** The database's name. Default: the one in the client's URL. */
  db?: string;
  /** The collection's name. Default `"sessions"`. */
  collection?: string;
  /** Stands before every id in the documents. Default `"session:"`. */
  prefix?: string;
}

const PAGE = 100;
const PRUNE_DOCUMENTS = 500;
/** Of every command: strings compared as bytes, and answers of the usual types, whatever the client is set to. */
const USUAL = { ...BYTEWISE, promoteValues: true, promoteBuffers: true, raw: false } as const;
/** A failover takes back nothing that most members have: no logout, no login. */
const DURABLE = { ...USUAL, writeConcern: { w: "majority" } } as const;
/** From the primary: another member may not know yet that a session has ended. */
const READING = { ...USUAL, readPreference: "primary" } as const;

/**
 * Keeps sessions in a collection of MongoDB: a document `{ id, val, expiration, subject? }` for each, the first three as
 * Flask-Session writes them. Takes the collection or the client that the application has, and closes nothing. The indexes are
 * made by `setup()`, or before the first session.
 *
 * A read is one command, and a second one only when it is due to renew; a write is one. Writes wait until most members
 * of a replica set have them, so that a failover can't undo a logout; reads go to the primary.
 *
 * Expiry is checked by the clock of this process on each read. MongoDB removes expired documents by itself, within a minute
 * or two; where a server has no TTL index, call `prune`.
 *
 * Throws `TypeError` for a `client`, `collection`, `db` or `prefix` that can't be one.
 *
 * @example
 * ```ts
 * import { MongoClient } from "mongodb";
 * import { createSessionManager } from "dewar";
 * import { mongodbStore } from "dewar/stores/mongodb";
 *
 * const client = new MongoClient("mongodb://localhost/shop");
 * const manager = createSessionManager({ store: mongodbStore({ client }) });
 * ```
 */
export function mongodbStore(options: MongodbStoreOptions): Store {
  assertOptions(options, "mongodbStore", "{ client, db?, collection?, prefix? }");
  const { prefix = "session:" } = options;
  assertOption(typeof prefix === "string", "prefix", "a string, which stands before every id");
  return new MongodbStore(collectionOf(options), prefix);
}

class MongodbStore implements Store {
  readonly #collection: MongodbCollection;
  readonly #prefix: string;
  #indexes: Promise<void> | undefined;

  constructor(collection: MongodbCollection, prefix: string) {
    this.#collection = collection;
    this.#prefix = prefix;
  }

  async create(id: string, payload: Uint8Array, { expiresAt, subject }: WriteMeta): Promise<"ok" | "exists"> {
    await this.setup();
    const fields = { val: view(payload), expiration: expiresAt, ...(subject !== undefined && { subject }) };
    if (await this.#insert({ ...this.#identity(id), ...fields })) return "ok";
    const expired = { ...this.#identity(id), expiration: { $lte: new Date() } };
    const takeOver = { $set: fields, ...(subject === undefined && { $unset: { subject: "" } }) };
    return (await this.#update(expired, takeOver, DURABLE)) ? "ok" : "exists";
  }

  async read(id: string, renewal?: Renewal): Promise<StoredSession | undefined> {
    const document = await this.#find(id);
    if (!document) return undefined;
    const renewed = renewal !== undefined && (await this.#renew(id, document, renewal));
    const expiresAt = renewed ? renewal.expiresAt : document.expiration;
    return { payload: document.val, version: document.val, renewed, expiresAt };
  }

  async replace(
    id: string,
    payload: Uint8Array,
    version: unknown,
    { expiresAt }: WriteMeta,
  ): Promise<"ok" | "conflict" | "gone"> {
    if (!(version instanceof Uint8Array)) return "conflict";
    const unchanged = { ...this.#identity(id), ...living(), val: view(version) };
    const update = { $set: { val: view(payload), expiration: expiresAt } };
    if (await this.#update(unchanged, update, DURABLE)) return "ok";
    return (await this.#find(id)) ? "conflict" : "gone";
  }

  async delete(id: string): Promise<boolean> {
    // Even if it has ended by the clock here: by that of another process it may live.
    const document = documentOf(await this.#collection.findOneAndDelete(this.#identity(id), DURABLE));
    return document !== undefined && document.expiration > new Date();
  }

  async *list({ subject, after = "", limit = Number.POSITIVE_INFINITY }: ListFilter): AsyncIterable<ListedSession> {
    const filter = { ...living(), ...(subject !== undefined && { subject }) };
    let cursor = after;
    for (let left = limit; left > 0; ) {
      const size = Math.min(left, PAGE);
      const options = { ...READING, sort: { id: 1 }, limit: size };
      const page = await this.#collection.find({ ...filter, ...this.#idsAfter(cursor) }, options).toArray();
      const documents = listOf(page);
      for (const found of documents) {
        const session = this.#listed(found);
        cursor = session.id;
        yield session;
      }
      if (documents.length < size) return;
      left -= size;
    }
  }

  async prune(now: Date): Promise<number> {
    const expired = { expiration: { $lte: now } };
    const options = { ...READING, projection: { _id: 1 }, limit: PRUNE_DOCUMENTS };
    for (let pruned = 0; ; ) {
      const found = listOf(await this.#collection.find({ ...expired, ...this.#idsAfter("") }, options).toArray());
      if (found.length > 0) {
        const batch = { ...expired, _id: { $in: found.map((document) => (document as { _id: unknown })._id) } };
        pruned += count((await this.#collection.deleteMany(batch, USUAL)).deletedCount);
      }
      if (found.length < PRUNE_DOCUMENTS) return pruned;
      await nextTurn();
    }
  }

  setup(): Promise<void> {
    this.#indexes ??= ensureIndexes(this.#collection).catch((error: unknown) => {
      this.#indexes = undefined;
      throw error;
    });
    return this.#indexes;
  }

  async #insert(session: SessionDocument): Promise<boolean> {
    try {
      const { acknowledged } = await this.#collection.insertOne(session, DURABLE);
      return acknowledged || unexpected();
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async #find(id: string): Promise<SessionDocument | undefined> {
    // By `id` alone, which the index answers; whether it has ended, this process can tell as well.
    const document = documentOf(await this.#collection.findOne(this.#identity(id), READING));
    return document && document.expiration > new Date() ? document : undefined;
  }

  async #renew(id: string, { expiration }: SessionDocument, { ifBefore, expiresAt }: Renewal): Promise<boolean> {
    const before = new Date(Math.min(ifBefore.getTime(), expiresAt.getTime()));
    if (expiration >= before) return false;
    const due = { ...this.#identity(id), expiration: { $gt: new Date(), $lt: before } };
    // What a failover takes back of it, the next read renews again.
    return this.#update(due, { $set: { expiration: expiresAt } }, USUAL);
  }

  async #update(filter: object, update: object, options: object): Promise<boolean> {
    return count((await this.#collection.updateOne(filter, update, options)).matchedCount) === 1;
  }

  #identity(id: string): { id: string } {
    return { id: this.#prefix + id };
  }

  /** Those with our prefix: ids are ASCII, and so come before this end. */
  #idsAfter(cursor: string): object {
    return { id: { $gt: this.#prefix + cursor, $lt: `${this.#prefix}\x80` } };
  }

  #listed(found: unknown): ListedSession {
    const { id: identity, val, expiration, subject } = documentOf(found) ?? unexpected();
    const id = identity.slice(this.#prefix.length);
    return { id, payload: val, cursor: id, expiresAt: expiration, ...(subject !== undefined && { subject }) };
  }
}

function living(): { expiration: { $gt: Date } } {
  return { expiration: { $gt: new Date() } };
}

/** Not a copy: a command is written out before it is answered. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
