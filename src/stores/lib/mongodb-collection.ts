import { assertOption, clientFault } from "./options.ts";

/** A collection of `mongodb`, by the few methods that are called. */
export interface MongodbCollection {
  insertOne(document: object, options: object): Promise<{ acknowledged: boolean }>;
  findOne(filter: object, options: object): Promise<unknown>;
  find(filter: object, options: object): { toArray(): Promise<unknown[]> };
  updateOne(filter: object, update: object, options: object): Promise<{ matchedCount: number }>;
  findOneAndDelete(filter: object, options: object): Promise<unknown>;
  deleteMany(filter: object, options: object): Promise<{ deletedCount: number }>;
  createIndex(keys: Record<string, 1>, options: object): Promise<unknown>;
}

/** A client of `mongodb`. */
export interface MongodbClient {
  db(name?: string): { collection(name: string): MongodbCollection };
}

const TAKES = "a client of `mongodb` (6 or later), or none and a `collection` of one";

/** The collection that these options name. Throws `TypeError` where they name none. */
export function collectionOf(options: {
  client?: MongodbClient;
  db?: string;
  collection?: string | MongodbCollection;
}): MongodbCollection {
  const { client, db, collection = "sessions" } = options;
  if (typeof collection !== "string") {
    assertOption(
      isCollection(collection),
      "collection",
      "a collection of `mongodb` (6 or later), or its name and `client`",
    );
    return collection;
  }
  assertOption(isClient(client), "client", clientFault(client, TAKES));
  assertOption(db === undefined || isName(db), "db", "the name of a database");
  assertOption(isName(collection), "collection", "the name of a collection");
  return client.db(db).collection(collection);
}

function isName(name: unknown): boolean {
  return typeof name === "string" && name !== "";
}

function isCollection(collection: unknown): collection is MongodbCollection {
  return typeof collection === "object" && collection !== null && "findOneAndDelete" in collection;
}

function isClient(client: unknown): client is MongodbClient {
  return typeof client === "object" && client !== null && "db" in client && typeof client.db === "function";
}
