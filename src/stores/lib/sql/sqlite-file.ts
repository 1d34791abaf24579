import { open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { retryWhileBusy } from "../retry.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";
import { isBusy } from "./faults.ts";
import { sqliteDriver } from "./sqlite.ts";

interface Database {
  connection: DatabaseSync;
  driver: SqlDriver;
}

/** Milliseconds: how long opening waits for another process's lock. */
const PATIENCE = 2000;

/** A database of `node:sqlite`, opened on first use. */
export class SqliteFile implements SqlDriver {
  readonly dialect = "sqlite" as const;
  readonly #file: string;
  #database: Promise<Database> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async rows(statement: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const { driver } = await this.#open();
    return driver.rows(statement, values);
  }

  async change(statement: string, values: readonly SqlValue[]): Promise<number> {
    const { connection, driver } = await this.#open();
    const apply = () => driver.change(statement, values);
    return statement.startsWith("DELETE") ? durably(connection, apply) : apply();
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    database?.connection.close();
  }

  #open(): Promise<Database> {
    this.#database ??= openDatabase(this.#file).catch((error: unknown) => {
      this.#database = undefined;
      throw error;
    });
    return this.#database;
  }
}

async function openDatabase(file: string): Promise<Database> {
  const { DatabaseSync } = await import("node:sqlite");
  if (file !== ":memory:") await makeFile(file);
  const connection = new DatabaseSync(file);
  try {
    // A wait inside SQLite would stop the event loop: the store waits outside.
    connection.exec("PRAGMA busy_timeout = 0");
    await retryWhileBusy(() => connection.exec("PRAGMA journal_mode = WAL"), isBusy, PATIENCE);
    connection.exec("PRAGMA synchronous = NORMAL");
    return { connection, driver: sqliteDriver(connection) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * For its owner only. One that is there isn't even opened: to close it again would drop the locks that SQLite holds for this
 * process on the same file, in another store.
 */
async function makeFile(file: string): Promise<void> {
  try {
    await (await open(file, "wx", 0o600)).close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** Has the disk confirm what `apply` writes at once, and all that was written before. */
function durably<T>(connection: DatabaseSync, apply: () => T): T {
  connection.exec("PRAGMA synchronous = FULL");
  try {
    return apply();
  } finally {
    connection.exec("PRAGMA synchronous = NORMAL");
  }
}
