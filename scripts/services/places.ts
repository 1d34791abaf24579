import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramName } from "../lib/programs.ts";
import { hasMariadb, startMariadb } from "./mariadb.ts";
import { hasMemcached, startMemcached } from "./memcached.ts";
import { hasMongodb, startMongodb } from "./mongodb.ts";
import { hasPostgres, startPostgres } from "./postgres.ts";
import { hasRedis, startRedis } from "./redis.ts";
import { hasRedisCluster, startRedisCluster } from "./redis-cluster.ts";
import { hasRedisSentinel, startRedisSentinel } from "./redis-sentinel.ts";
import type { Service } from "./service.ts";

/** Somewhere to keep sessions. */
export interface Place {
  /** As `connectStore` takes it. */
  url: string;
  /** The server, where there is one. */
  service?: Service;
  /** Ends it, and removes its files. */
  stop(): Promise<void>;
}

export type PlaceName =
  | "sqlite"
  | "file"
  | "redis"
  | "redis-cluster"
  | "redis-sentinel"
  | "memcached"
  | "postgres"
  | "mysql"
  | "mongodb";

export interface PlaceKind {
  /** Whether this machine has what it takes. */
  available: boolean;
  /** The programs for it that npm can't bring. */
  needs: ProgramName[];
  start(): Promise<Place>;
}

/** One of each kind that sessions can be kept in beyond the life of a process. */
export const places: Record<PlaceName, PlaceKind> = {
  sqlite: inFolder((folder) => `sqlite:${join(folder, "sessions.db")}`),
  file: inFolder((folder) => `file:${join(folder, "sessions")}`),
  redis: onServer(hasRedis, ["redis-server"], () => startRedis({ appendonly: true })),
  "redis-cluster": onServer(hasRedisCluster, ["redis-server"], startRedisCluster),
  "redis-sentinel": onServer(hasRedisSentinel, ["redis-server"], startRedisSentinel),
  memcached: onServer(hasMemcached, ["memcached"], startMemcached),
  postgres: onServer(hasPostgres, ["postgres"], startPostgres),
  mysql: onServer(hasMariadb, ["mariadbd"], startMariadb),
  mongodb: onServer(hasMongodb, ["javac", "maven"], startMongodb),
};

function inFolder(urlIn: (folder: string) => string): PlaceKind {
  const start = async () => {
    const folder = await mkdtemp(join(tmpdir(), "dewar-place-"));
    return { url: urlIn(folder), stop: () => rm(folder, { recursive: true, force: true }) };
  };
  return { available: true, needs: [], start };
}

function onServer(available: boolean, needs: ProgramName[], startServer: () => Promise<Service>): PlaceKind {
  const start = async () => {
    const service = await startServer();
    return { url: service.url, service, stop: () => service.stop() };
  };
  return { available, needs, start };
}
