import type { Pool, PoolConnection } from "mysql2/promise";
import type { Store } from "../../../store.ts";
import { type SqlStoreOptions, sqlStore } from "../../sql.ts";
import { within } from "../within.ts";
import { importDriver, open, PATIENCE } from "./open.ts";
import { given, QueryOptions } from "./query.ts";
import { readBy, type StoreUrl } from "./url.ts";

type MakeStore = (options: SqlStoreOptions) => Store;

/** Milliseconds: a connection that leaves a statement unanswered for longer is dead, and its place in the pool is needed. */
const LONGEST_STATEMENT = 10_000;

/** Seconds: a lock that somebody else holds must not keep the connections any longer. */
const LONGEST_LOCK = 2;

/** `postgres://user:password@host:port/database`, as `pg` reads it. */
export async function connectPostgres(url: StoreUrl, make: MakeStore = sqlStore): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = settingsIn(options);
  const pooling = given({ max: options.integer("max") });
  const { Pool } = await importDriver("pg", () => import("pg"));
  const pool = new Pool({
    connectionString:
      url.base + options.rest({ query_timeout: LONGEST_STATEMENT, options: `-c lock_timeout=${LONGEST_LOCK}s` }),
    connectionTimeoutMillis: PATIENCE,
    keepAlive: true,
    ...pooling,
  });
  // An idle connection that breaks: the pool has replaced it by then.
  pool.on("error", () => {});
  return open(
    { server: `PostgreSQL at ${url.authority}`, connect: () => pool.query("SELECT 1"), close: () => pool.end() },
    () => make({ pg: pool, ...settings }),
  );
}

/** `mysql://user:password@host:port/database`, as `mysql2` reads it; `mariadb://` is the same. */
export async function connectMysql(url: StoreUrl, make: MakeStore = sqlStore): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = settingsIn(options);
  const { createPool } = await importDriver("mysql2", () => import("mysql2"));
  const href = url.base.replace(/^[^:]+/, "mysql") + options.rest({ connectTimeout: PATIENCE });
  const connections = readBy(createPool, href);
  connections.on("connection", (connection) => {
    // Should it fail, so will the statement after it.
    connection.query(
      `SET SESSION innodb_lock_wait_timeout = ${LONGEST_LOCK}, lock_wait_timeout = ${LONGEST_LOCK}`,
      () => {},
    );
  });
  const pool = connections.promise();
  return open(
    { server: `MySQL at ${url.authority}`, connect: () => pool.query("SELECT 1"), close: () => pool.end() },
    () => make({ mysql2: { execute: (...statement) => executeIn(pool, statement) }, ...settings }),
  );
}

/** The pool itself would keep a connection that never answers, until it had none left. */
async function executeIn(pool: Pool, statement: Parameters<PoolConnection["execute"]>): Promise<[unknown, unknown]> {
  const connection = await pool.getConnection();
  const giveUp = () => {
    connection.destroy();
    return new Error(`MySQL didn't answer within ${LONGEST_STATEMENT} ms.`);
  };
  try {
    return await within(LONGEST_STATEMENT, connection.execute(...statement), giveUp);
  } finally {
    connection.release();
  }
}

function settingsIn(options: QueryOptions) {
  return given({
    table: options.text("table"),
    schema: options.text("schema"),
    createTable: options.flag("createTable"),
  });
}
