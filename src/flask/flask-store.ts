import type { Store } from "../store.ts";
import { redisStore } from "../stores/redis.ts";
import { check, type FlaskConfig, SESSION_TYPES, type SessionType } from "./config.ts";
import { cachelibStore } from "./stores/cachelib.ts";
import { cleanedUp } from "./stores/cleaned-up.ts";
import { dynamodbStore } from "./stores/dynamodb.ts";
import { bareMemcachedStore } from "./stores/memcached.ts";
import { flaskMongodbStore } from "./stores/mongodb.ts";
import { postgresqlStore } from "./stores/postgresql.ts";
import { sqlAlchemyStore } from "./stores/sqlalchemy.ts";
import { unindexed } from "./stores/unindexed.ts";

/** `SESSION_TYPE` as Flask-Session reads it. */
export function sessionType(config: FlaskConfig): SessionType | undefined {
  const { SESSION_TYPE: type } = config;
  if (type == null) return undefined;
  const found = SESSION_TYPES.find((one) => one === String(type).toLowerCase());
  check(
    found !== undefined,
    "SESSION_TYPE",
    `one of ${SESSION_TYPES.join(", ")}; without it, Flask's own cookie is used`,
  );
  return found;
}

/** The store of a `SESSION_TYPE`, in the layout in which Flask-Session keeps it. */
export function flaskStore(type: SessionType, config: FlaskConfig): Store {
  const { SESSION_KEY_PREFIX: prefix = "session:" } = config;
  check(typeof prefix === "string", "SESSION_KEY_PREFIX", "a string, which stands before every id");
  try {
    return MAKERS[type](config, prefix);
  } catch (error) {
    // The stores name options of their own, which nobody has given here.
    const isTold = !(error instanceof TypeError) || error.message.startsWith("SESSION_");
    throw isTold ? error : new TypeError(`${CLIENTS[type]}: ${error.message}`, { cause: error });
  }
}

/** The key that says most of where sessions are. */
const CLIENTS: Record<SessionType, keyof FlaskConfig> = {
  redis: "SESSION_REDIS",
  memcached: "SESSION_MEMCACHED",
  filesystem: "SESSION_FILE_DIR",
  cachelib: "SESSION_CACHELIB",
  mongodb: "SESSION_MONGODB",
  sqlalchemy: "SESSION_SQLALCHEMY",
  dynamodb: "SESSION_DYNAMODB",
  postgresql: "SESSION_POSTGRESQL",
};

const MAKERS: Record<SessionType, (config: FlaskConfig, prefix: string) => Store> = {
  redis(config, prefix) {
    const client = given(config, "SESSION_REDIS", "a connected client of redis or ioredis");
    return unindexed(redisStore({ client, prefix }));
  },
  memcached(config, prefix) {
    const client = given(config, "SESSION_MEMCACHED", "a client of memjs, memcache-client or memcached");
    return bareMemcachedStore({ client, prefix });
  },
  filesystem(config, prefix) {
    const { SESSION_FILE_DIR = "flask_session", SESSION_FILE_THRESHOLD, SESSION_FILE_MODE } = config;
    return files(config, prefix, {
      cache_dir: SESSION_FILE_DIR,
      threshold: SESSION_FILE_THRESHOLD,
      mode: SESSION_FILE_MODE,
    });
  },
  cachelib(config, prefix) {
    const { SESSION_CACHELIB: cache = { cache_dir: "flask_session" } } = config;
    check(typeof cache === "object" && cache !== null, "SESSION_CACHELIB", "{ cache_dir, threshold?, mode? }");
    return files(config, prefix, cache);
  },
  mongodb(config, prefix) {
    const client = given(config, "SESSION_MONGODB", "a MongoClient");
    const { SESSION_MONGODB_DB: db = "flask_session", SESSION_MONGODB_COLLECT: collection = "sessions" } = config;
    return flaskMongodbStore({ client, db, collection, prefix });
  },
  sqlalchemy(config, prefix) {
    const client = given(config, "SESSION_SQLALCHEMY", "what sqlStore takes: { pg: pool }, { mysql2: pool } …");
    const { SESSION_SQLALCHEMY_TABLE: table = "sessions", SESSION_SQLALCHEMY_SCHEMA: schema } = config;
    return cleaned(config, sqlAlchemyStore({ ...client, table, prefix, ...(schema != null && { schema }) }));
  },
  dynamodb(config, prefix) {
    const client = given(config, "SESSION_DYNAMODB", "a DynamoDB of @aws-sdk/client-dynamodb");
    const { SESSION_DYNAMODB_TABLE: table = "Sessions", SESSION_DYNAMODB_TABLE_EXISTS: tableExists = false } = config;
    return dynamodbStore({ client, table, tableExists, prefix });
  },
  postgresql(config, prefix) {
    const client = given(config, "SESSION_POSTGRESQL", "what sqlStore takes for PostgreSQL: { pg: pool } …");
    const { SESSION_POSTGRESQL_TABLE: table = "flask_sessions", SESSION_POSTGRESQL_SCHEMA: schema = "public" } = config;
    return cleaned(config, postgresqlStore({ ...client, table, schema, prefix }));
  },
};

interface CacheFiles {
  cache_dir: string;
  threshold?: number | undefined;
  mode?: number | undefined;
}

function files({ digest = "sha256" }: FlaskConfig, prefix: string, cache: CacheFiles): Store {
  const { cache_dir: dir, threshold = 500, mode = 0o600 } = cache;
  return cachelibStore({ dir, threshold, mode, prefix, digest });
}

function cleaned({ SESSION_CLEANUP_N_REQUESTS: every }: FlaskConfig, store: Store): Store {
  if (every == null) return store;
  check(Number.isSafeInteger(every) && every > 0, "SESSION_CLEANUP_N_REQUESTS", "a number of requests, 1 or more");
  return cleanedUp(store, every);
}

/** A client is never guessed: Flask-Session's own guess, a server on localhost, has lost sessions. */
function given<Key extends keyof FlaskConfig>(
  config: FlaskConfig,
  key: Key,
  what: string,
): NonNullable<FlaskConfig[Key]> {
  const client = config[key];
  if (client == null) throw new TypeError(`${key}: needed with SESSION_TYPE "${config.SESSION_TYPE}"; takes ${what}`);
  return client;
}
