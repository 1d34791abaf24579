import { type Duration, milliseconds } from "../core/duration.ts";
import type { Store } from "../store.ts";
import { assertOptions } from "./lib/options.ts";
import { type OneSqlClient, sqlDriver } from "./lib/sql/clients.ts";
import type { SqlDialect } from "./lib/sql/driver.ts";
import { assertDialect, assertNames } from "./lib/sql/names.ts";
import { ownLayout } from "./lib/sql/own-layout.ts";
import { SqlStore } from "./lib/sql/sql-store.ts";
import { sqlStatements } from "./lib/sql/statements.ts";

export type { OneSqlClient, SqlClients } from "./lib/sql/clients.ts";
export type { SqlDialect, SqlDriver, SqlRow, SqlValue } from "./lib/sql/driver.ts";

/** What `sqlStore` takes: exactly one client, and these. */
export type SqlStoreOptions = OneSqlClient & {
  /** Where it can't be told from a toolkit's object. */
  dialect?: SqlDialect;
  /** The table's name: letters, digits and underscores, 50 at most. Default `"sessions"`. */
  table?: string;
  /** The schema that holds the table; in MySQL the database, in SQLite an attached one. Default: that of the connection. */
  schema?: string;
  /** Whether the table is made when it is found missing. Default false: by `setup()`, or by what `sqlSetup` returns. */
  createTable?: boolean;
  /** How often what expired is removed. `false`: only by `prune()`. Default `"10m"`. */
  pruneEvery?: Duration | false;
};

/**
 * Keeps sessions in a table of PostgreSQL, MySQL, MariaDB or SQLite, through the pool or the toolkit that the application has
 * already. Opens no connection, and closes none. The table has to be there: make it with `await store.setup()` when you
 * deploy, with what `sqlSetup` returns, or by `createTable: true`.
 *
 * Every call is one statement of its own, found by an index: a read one, and a second one only when it renews (about once in
 * a tenth of the idle timeout). Give it a pool, or a connection of its own: a session must not depend on how a transaction of
 * the application's ends.
 *
 * What has expired is removed in small batches, in the background, by one process at a time; `close()` ends that.
 *
 * The time is that of the application's servers. Deadlocks and failed serializations are tried again for 2 seconds. A
 * lock that somebody else keeps is waited for as long as the database is told to: set `lock_timeout=2s` in PostgreSQL,
 * `innodb_lock_wait_timeout = 2` in MySQL (`connectStore` does). Rejects with what the
 * database said, without values; and where the table is missing, with how to make it. Throws `TypeError` for an option that can't be
 * one, and for none or several clients.
 *
 * @example
 * ```ts
 * import { Pool } from "pg";
 * import { createSessionManager } from "dewar";
 * import { sqlStore } from "dewar/stores/sql";
 *
 * const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
 * pool.on("error", console.error); // without a listener, Node ends the process
 * const store = sqlStore({ pg: pool });
 * await store.setup?.();
 * const manager = createSessionManager({ store });
 * ```
 */
export function sqlStore(options: SqlStoreOptions): Store {
  assertOptions(options, "sqlStore", "{ pg } or another client, and { table?, schema?, … }");
  const { dialect, table = "sessions", schema, createTable = false, pruneEvery = "10m" } = options;
  assertNames(table, schema);
  const driver = sqlDriver(options, dialect);
  const every = pruneEvery === false ? undefined : milliseconds(pruneEvery, "pruneEvery");
  const layout = ownLayout(driver.dialect, table, schema);
  return new SqlStore(driver, layout, { table, createTable, pruneEvery: every });
}

/** What `sqlSetup` takes. */
export interface SqlSetupOptions {
  dialect: SqlDialect;
  /** As for `sqlStore`. */
  table?: string;
  /** As for `sqlStore`. */
  schema?: string;
}

/**
 * The statements that make the table and its indexes where they aren't there, to print, or to put into a migration.
 *
 * Throws `TypeError` for an option that can't be one.
 *
 * @example
 * ```ts
 * import { sqlSetup } from "dewar/stores/sql";
 *
 * console.log(sqlSetup({ dialect: "postgres" }));
 * ```
 */
export function sqlSetup(options: SqlSetupOptions): string {
  const { dialect, table = "sessions", schema } = options;
  assertNames(table, schema);
  assertDialect(dialect);
  return sqlStatements(dialect, table, schema)
    .setup.map((statement) => `${statement};\n`)
    .join("");
}
