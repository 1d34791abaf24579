import type { MongoClient } from "mongodb";
import { danger, type Examination, type Finding, ok, warning } from "./finding.ts";

interface Index {
  key: Record<string, unknown>;
  unique?: boolean;
  expireAfterSeconds?: number;
}

/** Codes that a server has for a collection that isn't there. */
const NAMESPACE_NOT_FOUND = 26;

/** Looks at the server and the collection's indexes. */
export async function examineMongodb(client: MongoClient, collection: string): Promise<Examination> {
  const db = client.db();
  const { version } = await db.command({ buildInfo: 1 });
  const hello: Record<string, unknown> = await db.command({ hello: 1 }).catch(() => db.command({ isMaster: 1 }));
  const indexes = await indexesOf(client, collection);
  return {
    version: `MongoDB ${String(version)}`,
    findings: [...topology(hello), ...(indexes === undefined ? [noCollection(collection)] : layout(indexes))],
  };
}

function topology(hello: Record<string, unknown>): Finding[] {
  if (hello["msg"] === "isdbgrid") return [ok("topology", "sharded")];
  if (hello["setName"] !== undefined)
    return [ok("topology", "replica set; writes wait for most members (w: majority)")];
  return [warning("topology", "a single server", "Run a replica set: else a crash loses what its journal hadn't yet.")];
}

function noCollection(collection: string): Finding {
  return warning(
    `collection ${collection}`,
    "missing",
    "It is made, with its indexes, by dewar setup or the first session.",
  );
}

function layout(indexes: Index[]): Finding[] {
  const startingWith = (field: string) => indexes.filter(({ key }) => Object.keys(key)[0] === field);
  const id = startingWith("id");
  const unique = id.some((index) => index.unique === true && Object.keys(index.key).length === 1);
  const ttl = startingWith("expiration").some((index) => index.expireAfterSeconds !== undefined);
  return [
    unique
      ? ok("index on id", "there, unique")
      : danger(
          "index on id",
          id.length > 0 ? "not unique" : "missing",
          "Make it (dewar setup): two sessions could have one id.",
        ),
    startingWith("subject").length > 0
      ? ok("index on subject", "there")
      : warning("index on subject", "missing", "Make it (dewar setup): finding a user's sessions reads all of them."),
    ttl
      ? ok("TTL index on expiration", "there")
      : warning(
          "TTL index on expiration",
          "missing",
          "Make it (dewar setup), or run dewar prune: nothing else removes what expired.",
        ),
  ];
}

async function indexesOf(client: MongoClient, collection: string): Promise<Index[] | undefined> {
  try {
    const indexes = (await client.db().collection(collection).listIndexes().toArray()) as Index[];
    // A collection has one on _id at least.
    return indexes.length > 0 ? indexes : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === NAMESPACE_NOT_FOUND) return undefined;
    throw error;
  }
}
