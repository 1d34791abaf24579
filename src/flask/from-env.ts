import { resolve } from "node:path";
import type { SessionOptions } from "../core/options.ts";
import type { Store } from "../store.ts";
import { connectMemcached } from "../stores/lib/connect/memcached.ts";
import { connectMongodb } from "../stores/lib/connect/mongodb.ts";
import { connectRedis, connectRedisCluster, connectRedisSentinel } from "../stores/lib/connect/redis.ts";
import { connectMysql, connectPostgres } from "../stores/lib/connect/sql.ts";
import { decode, parseUrl, type StoreUrl } from "../stores/lib/connect/url.ts";
import { owning } from "../stores/lib/owning.ts";
import { SqliteFile } from "../stores/lib/sql/sqlite-file.ts";
import { assertKeys, check, type FlaskConfig, type SessionType } from "./config.ts";
import { optionsOf } from "./flask-session.ts";
import { flaskStore, sessionType } from "./flask-store.ts";

/** What stands before each key in the environment, as `app.config.from_prefixed_env()` has it. */
const PREFIX = "FLASK_";

type Environment = Record<string, string | undefined>;
type Connect = (url: StoreUrl, config: FlaskConfig) => Promise<Store>;

/** The key whose value is the URL of a server, where a `SESSION_TYPE` needs one. */
const SERVERS: Partial<Record<SessionType, { key: keyof FlaskConfig; connect: Record<string, Connect> }>> = {
  redis: { key: "SESSION_REDIS", connect: redis() },
  memcached: {
    key: "SESSION_MEMCACHED",
    connect: {
      memcached: (url, config) =>
        connectMemcached(url, ({ client }) => flaskStore("memcached", { ...config, SESSION_MEMCACHED: client })),
    },
  },
  mongodb: { key: "SESSION_MONGODB", connect: mongodb() },
  sqlalchemy: { key: "SESSION_SQLALCHEMY", connect: sqlalchemy() },
  postgresql: {
    key: "SESSION_POSTGRESQL",
    connect: {
      postgresql: (url, config) =>
        connectPostgres(url, (client) => flaskStore("postgresql", { ...config, SESSION_POSTGRESQL: client })),
    },
  },
};

/** The options of a Flask application that is configured by its environment; connects to the server that this names. */
export async function fromEnvironment(env: Environment): Promise<SessionOptions> {
  const { SQLALCHEMY_DATABASE_URI: database, ...config } = configIn(env);
  assertKeys(config);
  const type = sessionType(config);
  const server = type && SERVERS[type];
  if (server === undefined) return optionsOf(config);
  const url = config[server.key] ?? (type === "sqlalchemy" ? database : undefined);
  const schemes = Object.keys(server.connect).join(":// or ");
  check(typeof url === "string", server.key, `a URL of ${schemes}://, in ${PREFIX}${server.key}`);
  const parts = named(server.key, () => parseUrl(url));
  const { [server.key]: _url, ...rest } = config;
  // SQLAlchemy names the driver, too: "postgresql+psycopg2".
  const connect = server.connect[type === "sqlalchemy" ? parts.scheme.replace(/\+.*/, "") : parts.scheme];
  check(connect !== undefined, server.key, `a URL of ${schemes}://`);
  // First without the server: a wrong key shall not cost a connection.
  optionsOf(rest, NOWHERE);
  return optionsOf(rest, await connect(parts, rest));
}

/** Whoever is told of a wrong URL must find the variable that holds it. */
function named<T>(key: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof TypeError ? new TypeError(`${key}: ${error.message}`, { cause: error }) : error;
  }
}

/** As Flask reads them: JSON where it is that, else text. */
function configIn(env: Environment): FlaskConfig & { SQLALCHEMY_DATABASE_URI?: unknown } {
  const entries = Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(PREFIX) || text === undefined) return [];
    const key = name.slice(PREFIX.length);
    // "0.5" is a number to JSON, and the name of a version here.
    return [[key, key === "version" ? text : jsonOrText(text)]];
  });
  return Object.fromEntries(entries);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: so it is text, as Flask takes it.
    return text;
  }
}

function redis(): Record<string, Connect> {
  const into =
    (connect: typeof connectRedis): Connect =>
    (url, config) =>
      connect(url, ({ client }) => flaskStore("redis", { ...config, SESSION_REDIS: client }));
  return {
    redis: into(connectRedis),
    rediss: into(connectRedis),
    "redis+cluster": into(connectRedisCluster),
    "rediss+cluster": into(connectRedisCluster),
    "redis+sentinel": into(connectRedisSentinel),
    "rediss+sentinel": into(connectRedisSentinel),
  };
}

function mongodb(): Record<string, Connect> {
  const connect: Connect = (url, config) =>
    connectMongodb(url, ({ client }) => flaskStore("mongodb", { ...config, SESSION_MONGODB: client }));
  return { mongodb: connect, "mongodb+srv": connect };
}

function sqlalchemy(): Record<string, Connect> {
  const make = (config: FlaskConfig) => (client: NonNullable<FlaskConfig["SESSION_SQLALCHEMY"]>) =>
    flaskStore("sqlalchemy", { ...config, SESSION_SQLALCHEMY: client });
  const plain = (url: StoreUrl): StoreUrl => ({ ...url, base: url.base.replace(/^(\w+)\+\w+/, "$1") });
  const postgres: Connect = (url, config) => connectPostgres(plain(url), make(config));
  const mysql: Connect = (url, config) => connectMysql(plain(url), make(config));
  return {
    postgresql: postgres,
    postgres,
    mysql,
    mariadb: mysql,
    async sqlite({ path }, config) {
      // sqlite:///shop.db is relative, sqlite:////srv/shop.db is not.
      const file = new SqliteFile(resolve(decode(path.slice(1))));
      return owning(make(config)({ driver: file }), () => file.close());
    },
  };
}

const NOWHERE: Store = {
  create: async () => "exists",
  read: async () => undefined,
  replace: async () => "gone",
  delete: async () => false,
};
