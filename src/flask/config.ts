import { nearest } from "../core/nearest.ts";
import type { MemcachedClient } from "../stores/lib/memcached-clients.ts";
import type { MongodbClient } from "../stores/lib/mongodb-collection.ts";
import type { RedisClient } from "../stores/lib/redis-driver.ts";
import type { OneSqlClient } from "../stores/lib/sql/clients.ts";
import type { SqlDialect } from "../stores/lib/sql/driver.ts";
import type { FlaskCookieConfig } from "./set-cookie.ts";
import type { Secret } from "./signing.ts";
import type { DynamodbClient } from "./stores/dynamodb.ts";

/**
 * The configuration of Flask and Flask-Session, under their names and with their defaults; the page "Flask" in the docs has
 * a line on each. Keys of Flask's that don't concern sessions are passed over.
 */
export interface FlaskConfig extends FlaskCookieConfig {
  /** Signs the cookie. Needed without a `SESSION_TYPE`, and with `SESSION_USE_SIGNER`. */
  SECRET_KEY?: Secret;
  /** Older keys, which still verify Flask's own cookie. */
  SECRET_KEY_FALLBACKS?: readonly Secret[];
  /** Seconds. Default 2678400 (31 days). */
  PERMANENT_SESSION_LIFETIME?: number;
  /** Default `true`: each use of a session puts off its end. */
  SESSION_REFRESH_EACH_REQUEST?: boolean;

  /** Where Flask-Session keeps sessions. None: in Flask's own signed cookie. */
  SESSION_TYPE?: SessionType | null;
  /** Default `true`: new sessions outlive the browser. */
  SESSION_PERMANENT?: boolean;
  /** Default `false`. It signs the id in the cookie, and encrypts nothing. */
  SESSION_USE_SIGNER?: boolean;
  /** Default `"session:"`. */
  SESSION_KEY_PREFIX?: string;
  /** Bytes of entropy in an id. Default 32. */
  SESSION_ID_LENGTH?: number;
  /** Default `"msgpack"`. */
  SESSION_SERIALIZATION_FORMAT?: "msgpack" | "json";

  /** A client of `redis` or `ioredis`. */
  SESSION_REDIS?: RedisClient;
  /** A client of `memjs`, `memcache-client` or `memcached`. */
  SESSION_MEMCACHED?: MemcachedClient;
  /** Default `"flask_session"`, in the working directory. */
  SESSION_FILE_DIR?: string;
  /** Files that may be there before some are removed; 0: no limit. Default 500. */
  SESSION_FILE_THRESHOLD?: number;
  /** Default `0o600`. */
  SESSION_FILE_MODE?: number;
  /** In the place of the cache object, what makes a `FileSystemCache`. Default `{ cache_dir: "flask_session" }`. */
  SESSION_CACHELIB?: { cache_dir: string; threshold?: number; mode?: number };
  /** A `MongoClient`. */
  SESSION_MONGODB?: MongodbClient;
  /** Default `"flask_session"`. */
  SESSION_MONGODB_DB?: string;
  /** Default `"sessions"`. */
  SESSION_MONGODB_COLLECT?: string;
  /** In the place of the SQLAlchemy object, what `sqlStore` takes: `{ pg: pool }`, `{ mysql2: pool }`, `{ kysely: db }` … */
  SESSION_SQLALCHEMY?: OneSqlClient & { dialect?: SqlDialect };
  /** Default `"sessions"`. */
  SESSION_SQLALCHEMY_TABLE?: string;
  /** Default: none. */
  SESSION_SQLALCHEMY_SCHEMA?: string | null;
  /** Expired sessions are removed once in so many requests. Default: never, but by `prune()`. */
  SESSION_CLEANUP_N_REQUESTS?: number | null;
  /** A `DynamoDB` of `@aws-sdk/client-dynamodb`. */
  SESSION_DYNAMODB?: DynamodbClient;
  /** Default `"Sessions"`. */
  SESSION_DYNAMODB_TABLE?: string;
  /** Default `false`: the table is made when it is found missing. */
  SESSION_DYNAMODB_TABLE_EXISTS?: boolean;
  /** In the place of the connection pool, what `sqlStore` takes for PostgreSQL: `{ pg: pool }` … */
  SESSION_POSTGRESQL?: OneSqlClient & { dialect?: SqlDialect };
  /** Default `"flask_sessions"`. */
  SESSION_POSTGRESQL_TABLE?: string;
  /** Default `"public"`. */
  SESSION_POSTGRESQL_SCHEMA?: string;

  /** The Flask-Session beside us: `"0.8"` (and 0.7; default), or `"0.5"` (and 0.3 to 0.6), which pickles. */
  version?: "0.8" | "0.5";
  /** How the cachelib beside us names its files: `"md5"` up to 0.15, `"sha256"` (default) since. Both are found. */
  digest?: "sha256" | "md5";
}

export const SESSION_TYPES = [
  "redis",
  "memcached",
  "filesystem",
  "mongodb",
  "sqlalchemy",
  "cachelib",
  "dynamodb",
  "postgresql",
] as const;

/** Flask-Session's back ends. */
export type SessionType = (typeof SESSION_TYPES)[number];

/** Those that Flask itself knows; the others belong to Flask-Session. */
const OF_FLASK = [
  "SESSION_REFRESH_EACH_REQUEST",
  "SESSION_COOKIE_NAME",
  "SESSION_COOKIE_DOMAIN",
  "SESSION_COOKIE_PATH",
  "SESSION_COOKIE_HTTPONLY",
  "SESSION_COOKIE_SECURE",
  "SESSION_COOKIE_SAMESITE",
  "SESSION_COOKIE_PARTITIONED",
];
const OF_FLASK_SESSION = [
  "SESSION_TYPE",
  "SESSION_PERMANENT",
  "SESSION_USE_SIGNER",
  "SESSION_KEY_PREFIX",
  "SESSION_ID_LENGTH",
  "SESSION_SERIALIZATION_FORMAT",
  "SESSION_REDIS",
  "SESSION_MEMCACHED",
  "SESSION_FILE_DIR",
  "SESSION_FILE_THRESHOLD",
  "SESSION_FILE_MODE",
  "SESSION_CACHELIB",
  "SESSION_MONGODB",
  "SESSION_MONGODB_DB",
  "SESSION_MONGODB_COLLECT",
  "SESSION_SQLALCHEMY",
  "SESSION_SQLALCHEMY_TABLE",
  "SESSION_SQLALCHEMY_SCHEMA",
  "SESSION_CLEANUP_N_REQUESTS",
  "SESSION_DYNAMODB",
  "SESSION_DYNAMODB_TABLE",
  "SESSION_DYNAMODB_TABLE_EXISTS",
  "SESSION_POSTGRESQL",
  "SESSION_POSTGRESQL_TABLE",
  "SESSION_POSTGRESQL_SCHEMA",
];
const OURS = ["version", "digest"];
/** As Flask wants its keys; `app.config` may hold any number that don't concern us. */
const UPPER_CASE = /^[A-Z][A-Z0-9_]*$/;

/** Refuses what no application would notice: a key that nobody reads, and Flask-Session's keys without Flask-Session. */
export function assertKeys(config: FlaskConfig): void {
  if (typeof config !== "object" || config === null)
    throw new TypeError("flaskSession: takes an object of Flask's keys");
  const known = [...OF_FLASK, ...OF_FLASK_SESSION];
  const given = Object.keys(config).filter((key) => config[key as keyof FlaskConfig] !== undefined);
  for (const key of given) {
    const isForeign = UPPER_CASE.test(key) && !key.startsWith("SESSION_");
    if (isForeign || known.includes(key) || OURS.includes(key)) continue;
    throw new TypeError(`${key}: there is no such key; did you mean ${nearest(key, [...known, ...OURS])}?`);
  }
  if (config.SESSION_TYPE != null) return;
  const stray = given.find((key) => key !== "SESSION_TYPE" && OF_FLASK_SESSION.includes(key));
  if (stray !== undefined) {
    throw new TypeError(`SESSION_TYPE: needed with ${stray}; it is one of ${SESSION_TYPES.join(", ")}`);
  }
}

/** Throws `TypeError`, naming the key. */
export function check(holds: boolean, key: keyof FlaskConfig, takes: string): asserts holds {
  if (!holds) throw new TypeError(`${key}: takes ${takes}`);
}
