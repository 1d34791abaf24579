import type { Store } from "../../store.ts";
import type { MongodbClient, MongodbCollection } from "../../stores/lib/mongodb-collection.ts";
import { mongodbStore } from "../../stores/mongodb.ts";
import { unindexed } from "./unindexed.ts";

/** What `flaskMongodbStore` takes. */
export interface FlaskMongodbOptions {
  /** A `MongoClient` of `mongodb` (6 or later). */
  client: MongodbClient;
  /** Default `"flask_session"`. */
  db?: string;
  /** The collection's name. Default `"sessions"`. */
  collection?: string;
  /** Stands before every id in the documents. Default `"session:"`. */
  prefix?: string;
}

/**
 * Keeps sessions in the collection of `SESSION_TYPE=mongodb`, as Flask-Session does. That one has no index but on
 * `expiration`; here `id` gets a unique one, unless it is too late: with several documents of one id, which Flask-Session
 * makes when two first writes meet, all goes on without, as slowly as it does there. A document whose `expiration` is null
 * is missing.
 *
 * Throws `TypeError` for an option that can't be one.
 */
export function flaskMongodbStore(options: FlaskMongodbOptions): Store {
  const { client, db = "flask_session", collection = "sessions", prefix = "session:" } = options;
  // Checks them.
  mongodbStore({ client, db, collection, prefix });
  return unindexed(mongodbStore({ collection: shared(client.db(db).collection(collection)), prefix }));
}

const DUPLICATE_KEY = 11_000;
/** Of an index that can't be: over duplicates; beside one of the same name or keys that isn't unique. */
const NOT_UNIQUE: readonly unknown[] = [DUPLICATE_KEY, 85, 86];

/** A collection whose `id` may not be unique. */
function shared(collection: MongodbCollection): MongodbCollection {
  /** Whether it is known to be. */
  let isUnique = false;
  return {
    find: (...args) => collection.find(...args),
    updateOne: (...args) => collection.updateOne(...args),
    deleteMany: (...args) => collection.deleteMany(...args),
    async createIndex(keys, options) {
      if ("subject" in keys) return;
      try {
        await collection.createIndex(keys, options);
        if ("id" in keys) isUnique = true;
      } catch (error) {
        if (!("id" in keys && NOT_UNIQUE.includes(codeOf(error)))) throw error;
      }
    },
    async insertOne(document, options) {
      if (isUnique) return collection.insertOne(document, options);
      const { id } = document as { id: string };
      const settings = { ...options, upsert: true };
      const { matchedCount } = await collection.updateOne({ id }, { $setOnInsert: document }, settings);
      if (matchedCount === 0) return { acknowledged: true };
      throw Object.assign(new Error("There is a document with this id."), { code: DUPLICATE_KEY });
    },
    async findOne(filter, options) {
      // The first, as Flask-Session does: of several it writes that one.
      const found = await collection.findOne(filter, isUnique ? options : { ...options, sort: { _id: 1 } });
      return isDated(found) ? found : null;
    },
    async findOneAndDelete(filter, options) {
      if (isUnique) return collection.findOneAndDelete(filter, options);
      const lastToEnd = await collection.findOneAndDelete(filter, { ...options, sort: { expiration: -1 } });
      if (lastToEnd !== null) await collection.deleteMany(filter, options);
      return lastToEnd;
    },
  };
}

/** Flask-Session before 0.6 gave sessions that aren't permanent no date, and could not read them again. */
function isDated(found: unknown): boolean {
  return (found as { expiration?: unknown } | null)?.expiration !== null;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
