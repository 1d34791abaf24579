import type { Client as Memjs } from "memjs";
import type { MongoClient } from "mongodb";
import type { Store } from "../../store.ts";
import { connectStore } from "../../stores/index.ts";
import { pathOf } from "../../stores/lib/connect/local.ts";
import { connectMemcached } from "../../stores/lib/connect/memcached.ts";
import { connectMongodb } from "../../stores/lib/connect/mongodb.ts";
import { connectRedis, connectRedisCluster, connectRedisSentinel } from "../../stores/lib/connect/redis.ts";
import { connectMysql, connectPostgres } from "../../stores/lib/connect/sql.ts";
import { parseUrl, type StoreUrl } from "../../stores/lib/connect/url.ts";
import { type RedisDriver, redisDriver } from "../../stores/lib/redis-driver.ts";
import { sqlDriver } from "../../stores/lib/sql/clients.ts";
import type { SqlDriver } from "../../stores/lib/sql/driver.ts";
import { memcachedStore } from "../../stores/memcached.ts";
import { mongodbStore } from "../../stores/mongodb.ts";
import { redisStore } from "../../stores/redis.ts";
import { type SqlStoreOptions, sqlStore } from "../../stores/sql.ts";
import { failed, usage } from "../lib/exit.ts";

/** What is behind a store: its client, by which the server itself can be asked. */
export type BackEnd =
  | { kind: "memory" }
  | { kind: "file"; dir: string }
  | { kind: "sqlite"; file: string; table: string }
  | { kind: "redis"; driver: RedisDriver; prefix: string }
  | { kind: "memcached"; client: Memjs }
  | { kind: "mongodb"; client: MongoClient; collection: string }
  | { kind: "sql"; driver: SqlDriver; table: string; schema: string | undefined };

export interface Opened {
  store: Store;
  backEnd: BackEnd;
}

/** As `connectStore`, with what is behind the store. */
export async function openBackEnd(url: string): Promise<Opened> {
  try {
    return await connect(url, parseUrl(url));
  } catch (error) {
    if (error instanceof TypeError) throw usage(error.message);
    throw failed(error instanceof Error ? error.message : "the store can't be opened", error);
  }
}

async function connect(url: string, parts: StoreUrl): Promise<Opened> {
  const { scheme, query } = parts;
  const redis = REDIS[scheme.replace(/^rediss/, "redis")];
  if (redis !== undefined) {
    return opened((seen) =>
      redis(parts, (options) => {
        seen({ kind: "redis", driver: redisDriver(options.client), prefix: options.prefix ?? "session:" });
        return redisStore(options);
      }),
    );
  }
  if (scheme === "memcached") {
    return opened((seen) =>
      connectMemcached(parts, (options) => {
        seen({ kind: "memcached", client: options.client as Memjs });
        return memcachedStore(options);
      }),
    );
  }
  if (scheme.startsWith("mongodb")) {
    return opened((seen) =>
      connectMongodb(parts, (options) => {
        seen({ kind: "mongodb", client: options.client, collection: options.collection ?? "sessions" });
        return mongodbStore(options);
      }),
    );
  }
  const sql = SQL[scheme];
  if (sql !== undefined) {
    return opened((seen) =>
      sql(parts, (options) => {
        const { table = "sessions", schema } = options;
        seen({ kind: "sql", driver: sqlDriver(options, undefined), table, schema });
        return sqlStore(options);
      }),
    );
  }
  const store = await connectStore(url);
  if (scheme === "file") return { store, backEnd: { kind: "file", dir: pathOf(parts) } };
  if (scheme === "memory") return { store, backEnd: { kind: "memory" } };
  return { store, backEnd: { kind: "sqlite", file: pathOf(parts), table: query.get("table") ?? "sessions" } };
}

const REDIS: Record<string, typeof connectRedis> = {
  redis: connectRedis,
  "redis+cluster": connectRedisCluster,
  "redis+sentinel": connectRedisSentinel,
};

const SQL: Record<string, (url: StoreUrl, make: (options: SqlStoreOptions) => Store) => Promise<Store>> = {
  postgres: connectPostgres,
  postgresql: connectPostgres,
  mysql: connectMysql,
  mariadb: connectMysql,
};

/** The makers of stores are given the client: there it is seen. */
async function opened(connectSeeing: (seen: (backEnd: BackEnd) => void) => Promise<Store>): Promise<Opened> {
  let backEnd: BackEnd | undefined;
  const store = await connectSeeing((one) => {
    backEnd = one;
  });
  if (backEnd === undefined) throw new Error("The store was made without a client.");
  return { store, backEnd };
}
