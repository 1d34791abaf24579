import type { Store } from "../store.ts";
import { assertOption, assertOptions } from "./lib/options.ts";
import { assertNames } from "./lib/sql/names.ts";
import { ownLayout } from "./lib/sql/own-layout.ts";
import { SqlStore } from "./lib/sql/sql-store.ts";
import { SqliteFile } from "./lib/sql/sqlite-file.ts";

/** What `sqliteStore` takes. */
export interface SqliteStoreOptions {
  /** The path of the database file, made if it isn't there (for its owner only); or `":memory:"`. */
  file: string;
  /** The table's name: letters, digits and underscores, 50 at most. Default `"sessions"`. */
  table?: string;
}

/** Milliseconds. */
const PRUNE_EVERY = 600_000;

/**
 * Keeps sessions in an SQLite file, by `node:sqlite`: the embedded default. Several processes of one machine can share
 * the file (not over a network file system). Opened, and its table made, on first use or by `setup()`; `close()` closes it.
 *
 * A write waits up to 2 seconds for another's, without holding up the event loop, then rejects with SQLite's own "database is
 * locked". Expired sessions are removed in small steps: every ten minutes, by one of the processes, and by `prune`.
 *
 * What was acknowledged survives the process's end, `kill -9` included. A loss of power can undo the last writes (a logout
 * among them), never harm the file; what `revoke` and `revokeAll` end is on the disk before they resolve.
 *
 * It is `sqlStore` over a database of its own: for one that the application has open, take `sqlStore({ sqlite })`.
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
  assertOptions(options, "sqliteStore", '{ file: "sessions.sqlite", table? }');
  const { file, table = "sessions" } = options;
  const isPath = typeof file === "string" && file !== "" && !file.includes("\0") && !file.startsWith("file:");
  assertOption(isPath, "file", 'the path of a database file, or ":memory:"');
  assertNames(table, undefined);
  const database = new SqliteFile(file);
  return new SqlStore(database, ownLayout("sqlite", table, undefined), {
    table,
    createTable: true,
    pruneEvery: PRUNE_EVERY,
    end: () => database.close(),
  });
}
