import type { Store } from "../store.ts";
import { connectFile, connectMemory, connectSqlite } from "./lib/connect/local.ts";
import { connectMemcached } from "./lib/connect/memcached.ts";
import { connectMongodb } from "./lib/connect/mongodb.ts";
import { connectRedis, connectRedisCluster, connectRedisSentinel } from "./lib/connect/redis.ts";
import { connectMysql, connectPostgres } from "./lib/connect/sql.ts";
import { parseUrl, type StoreUrl } from "./lib/connect/url.ts";

const connectors: Record<string, (url: StoreUrl) => Promise<Store>> = {
  memory: connectMemory,
  file: connectFile,
  sqlite: connectSqlite,
  redis: connectRedis,
  rediss: connectRedis,
  "redis+cluster": connectRedisCluster,
  "rediss+cluster": connectRedisCluster,
  "redis+sentinel": connectRedisSentinel,
  "rediss+sentinel": connectRedisSentinel,
  memcached: connectMemcached,
  mongodb: connectMongodb,
  "mongodb+srv": connectMongodb,
  postgres: connectPostgres,
  postgresql: connectPostgres,
  mysql: connectMysql,
  mariadb: connectMysql,
};

/**
 * Makes the store that `url` names, over a connection of its own: for configuration by an environment variable, and for
 * whoever has no client yet. Where the application has one, hand it to the store instead (`redisStore({ client })`).
 *
 * | URL | needs |
 * |---|---|
 * | `memory:` | |
 * | `file:sessions`, `file:/var/lib/shop/sessions` | |
 * | `sqlite:sessions.db`, `sqlite:/var/lib/shop/sessions.db` | |
 * | `redis://user:password@host:6379/0`, `rediss://` with TLS | `redis` |
 * | `redis+cluster://host:6379,host:6379`, `rediss+cluster://` | `redis` |
 * | `redis+sentinel://host:26379,host:26379/master`, `rediss+sentinel://` | `redis` |
 * | `memcached://host:11211,host:11211` | `memjs` |
 * | `mongodb://host/database`, `mongodb+srv://` | `mongodb` |
 * | `postgres://user:password@host/database`, `postgresql://` | `pg` |
 * | `mysql://user:password@host/database`, `mariadb://` | `mysql2` |
 *
 * The store's options stand in the query, under their own names (`redis://localhost?prefix=shop:`); for MongoDB, PostgreSQL
 * and MySQL all else in it goes to the driver (`?sslmode=verify-full`). Names and passwords are percent-encoded.
 *
 * Resolves once the server has answered. A server that is lost later fails the requests of that time; the client connects
 * again by itself. `close()` closes the connection.
 *
 * Rejects with a `TypeError` for a URL or an option that can't be one, with an `Error` that names the package where the
 * driver isn't installed, and, after 5 seconds at most, where the server can't be reached or refuses. The password is in no
 * error.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { connectStore } from "dewar/stores";
 *
 * const store = await connectStore(process.env["SESSION_STORE"] ?? "sqlite:sessions.db");
 * const manager = createSessionManager({ store });
 * ```
 */
export async function connectStore(url: string | URL): Promise<Store> {
  const parts = parseUrl(url);
  const connect = Object.hasOwn(connectors, parts.scheme) ? connectors[parts.scheme] : undefined;
  if (!connect) throw new TypeError(`url: starts with one of ${Object.keys(connectors).join(", ")}, and a colon`);
  return connect(parts);
}
