import type { MongodbCollection } from "./mongodb-collection.ts";

/** Strings are compared as bytes, whatever collation the collection was made with. */
export const BYTEWISE: { collation: { locale: string } } = { collation: { locale: "simple" } };

const DUPLICATE_KEY = 11_000;
/** What servers that speak MongoDB's protocol say to a TTL index: CannotCreateIndex, CommandNotSupported, NotImplemented. */
const UNSUPPORTED: readonly unknown[] = [67, 115, 238];

/**
 * Makes the indexes that aren't there: the one on `id` is what lets one `create` win. A server without TTL indexes goes
 * without: expiry is checked on each read, and `prune` clears.
 */
export async function ensureIndexes(collection: MongodbCollection): Promise<void> {
  try {
    await collection.createIndex({ id: 1 }, { unique: true, ...BYTEWISE });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    // Not with the server's own words, which quote an id.
    throw new Error("The collection holds several documents with one id: remove them, for `id` must be unique.");
  }
  await collection.createIndex({ subject: 1, id: 1 }, BYTEWISE);
  try {
    await collection.createIndex({ expiration: 1 }, { expireAfterSeconds: 0 });
  } catch (error) {
    if (!UNSUPPORTED.includes(codeOf(error))) throw error;
  }
}

export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === DUPLICATE_KEY;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
