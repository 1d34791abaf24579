import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasMariadb, startMariadb } from "../../../scripts/services/mariadb.ts";
import { hasMemcached, startMemcached } from "../../../scripts/services/memcached.ts";
import { hasMongodb, startMongodb } from "../../../scripts/services/mongodb.ts";
import { hasPostgres, startPostgres } from "../../../scripts/services/postgres.ts";
import { hasRedis, startRedis } from "../../../scripts/services/redis.ts";
import type { FlaskConfig } from "./flask-app.ts";
import { startMoto } from "./moto.ts";
import { type FlaskVersion, hasPython } from "./venv.ts";

/** Where Flask keeps sessions: a session type, and for SQLAlchemy a database. */
export type BackendName =
  | "cookie"
  | "redis"
  | "memcached"
  | "filesystem"
  | "cachelib"
  | "mongodb"
  | "sqlite"
  | "postgres"
  | "mariadb"
  | "dynamodb";

export interface Backend {
  /** Whether this machine has what it takes, Python among it. */
  available: boolean;
  versions: FlaskVersion[];
  start(): Promise<RunningBackend>;
}

export interface RunningBackend {
  /** What names the type and the place in Flask's configuration. */
  config: FlaskConfig;
  /** Of its server: a folder of files or of SQLite's file, where there is none. "" for the cookie. */
  place: string;
  stop(): Promise<void>;
}

const both: FlaskVersion[] = ["0.8", "0.5"];
const latest: FlaskVersion[] = ["0.8"];

export const backends: Record<BackendName, Backend> = {
  cookie: {
    available: hasPython,
    versions: both,
    start: async () => ({ config: {}, place: "", stop: async () => {} }),
  },
  redis: onServer(hasRedis, startRedis, (url) => ({ SESSION_TYPE: "redis", SESSION_REDIS: url })),
  memcached: onServer(hasMemcached, startMemcached, (url) => ({ SESSION_TYPE: "memcached", SESSION_MEMCACHED: url })),
  filesystem: inFolder(both, (folder) => ({ SESSION_TYPE: "filesystem", SESSION_FILE_DIR: folder })),
  cachelib: inFolder(latest, (folder) => ({ SESSION_TYPE: "cachelib", SESSION_CACHELIB: { cache_dir: folder } })),
  mongodb: onServer(hasMongodb, startMongodb, (url) => ({ SESSION_TYPE: "mongodb", SESSION_MONGODB: url })),
  sqlite: inFolder(both, (folder) => inDatabase(`sqlite:///${join(folder, "sessions.db")}`)),
  postgres: onServer(hasPostgres, startPostgres, inDatabase),
  mariadb: onServer(hasMariadb, startMariadb, inDatabase),
  dynamodb: onServer(true, startMoto, (url) => ({ SESSION_TYPE: "dynamodb", SESSION_DYNAMODB: url }), latest),
};

function onServer(
  hasServer: boolean,
  startServer: () => Promise<{ url: string; stop(): Promise<void> }>,
  configOf: (url: string) => FlaskConfig,
  versions: FlaskVersion[] = both,
): Backend {
  const start = async () => {
    const { url, stop } = await startServer();
    return { config: configOf(url), place: url, stop };
  };
  return { available: hasPython && hasServer, versions, start };
}

function inFolder(versions: FlaskVersion[], configOf: (folder: string) => FlaskConfig): Backend {
  const start = async () => {
    const folder = await mkdtemp(join(tmpdir(), "dewar-flask-"));
    return { config: configOf(folder), place: folder, stop: () => rm(folder, { recursive: true, force: true }) };
  };
  return { available: hasPython, versions, start };
}

function inDatabase(url: string): FlaskConfig {
  return { SESSION_TYPE: "sqlalchemy", SESSION_SQLALCHEMY: url };
}
