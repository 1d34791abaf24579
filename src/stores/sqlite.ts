import { open } from "node:fs/promises";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Store } from "../store.ts";
import { assertOption } from "./lib/options.ts";
import { retryWhileBusy } from "./lib/retry.ts";
import { type SqlChange, type SqlQuery, type SqlStatements, sqliteStatements } from "./lib/sql.ts";
import { type SqlDriver, type SqlRow, SqlStore, type SqlValue } from "./lib/sql-store.ts";

/** What `sqliteStore` takes. */
export interface SqliteStoreOptions {
  /** The path of the database file, made if it isn't there (for its owner only); or `":memory:"`. */
  file: string;
  /** The table's name: letters, digits, underscores. Default `"sessions"`. */
  table?: string;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SQLITE_BUSY = 5;
/** Milliseconds: how long a call waits for another process's lock. */
const PATIENCE = 2000;

/**
 * Keeps sessions in an SQLite file, by `node:sqlite`: the embedded default. Several processes of one machine can share
 * the file (not over a network file system). Opened, and its table made, on first use or by `setup()`; `close()` closes it.
 *
 * A write waits up to 2 seconds for another's, without holding up the event loop, then rejects with SQLite's own "database is
 * locked". Expired sessions are cleared in small steps, as new ones come, and by `prune`.
 *
 * What was acknowledged survives the process's end, `kill -9` included. A loss of power can undo the last writes (a logout
 * among them), never harm the file; what `revoke` and `revokeAll` end is on the disk before they resolve.
 *
 * Throws `TypeError` for a `file` or `table` that can't be one.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
 * ```
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  const { file, table = "sessions" } = options;
  const isPath = typeof file === "string" && file !== "" && !file.includes("\0") && !file.startsWith("file:");
  assertOption(isPath, "file", 'the path of a database file, or ":memory:"');
  assertOption(
    typeof table === "string" && IDENTIFIER.test(table),
    "table",
    "a name of letters, digits and underscores",
  );
  return new SqlStore(new SqliteDriver(file, sqliteStatements(table)));
}

interface Database {
  connection: DatabaseSync;
  statements: Record<SqlQuery | SqlChange, StatementSync>;
}

class SqliteDriver implements SqlDriver {
  readonly #file: string;
  readonly #sql: SqlStatements;
  #database: Promise<Database> | undefined;
  #closed = false;

  constructor(file: string, sql: SqlStatements) {
    this.#file = file;
    this.#sql = sql;
  }

  async rows(query: SqlQuery, ...parameters: SqlValue[]): Promise<SqlRow[]> {
    const { statements } = await this.#open();
    const rows = await retry(() => statements[query].all(...parameters));
    return rows as unknown as SqlRow[];
  }

  async change(statement: SqlChange, ...parameters: SqlValue[]): Promise<number> {
    const { connection, statements } = await this.#open();
    const apply = () => Number(statements[statement].run(...parameters).changes);
    return retry(statement === "delete" ? () => durably(connection, apply) : apply);
  }

  async setup(): Promise<void> {
    await this.#open();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const database = await this.#database;
    this.#database = undefined;
    database?.connection.close();
  }

  #open(): Promise<Database> {
    if (this.#closed) return Promise.reject(new Error("The store is closed."));
    this.#database ??= openDatabase(this.#file, this.#sql).catch((error: unknown) => {
      this.#database = undefined;
      throw error;
    });
    return this.#database;
  }
}

async function openDatabase(file: string, sql: SqlStatements): Promise<Database> {
  const { DatabaseSync } = await import("node:sqlite");
  if (file !== ":memory:") await (await open(file, "a", 0o600)).close();
  const connection = new DatabaseSync(file);
  try {
    // A wait inside SQLite would stop the event loop: see `retry`.
    connection.exec("PRAGMA busy_timeout = 0");
    await retry(() => connection.exec("PRAGMA journal_mode = WAL"));
    connection.exec("PRAGMA synchronous = NORMAL");
    for (const statement of sql.setup) await retry(() => connection.exec(statement));
    const { setup, ...rest } = sql;
    const prepare = ([name, text]: [string, string]) => [name, connection.prepare(text)];
    const statements = await retry(() => Object.fromEntries(Object.entries(rest).map(prepare)));
    return { connection, statements };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Has the disk confirm what `apply` writes, and all that was written before. */
function durably<T>(connection: DatabaseSync, apply: () => T): T {
  connection.exec("PRAGMA synchronous = FULL");
  try {
    return apply();
  } finally {
    connection.exec("PRAGMA synchronous = NORMAL");
  }
}

function retry<T>(attempt: () => T): Promise<T> {
  return retryWhileBusy(attempt, isBusy, PATIENCE);
}

function isBusy(error: unknown): boolean {
  // The extended codes (SQLITE_BUSY_RECOVERY and the like) keep the plain one in their lowest byte.
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}
