/** The SQL that a database speaks: PostgreSQL's, that of MySQL and MariaDB, or SQLite's. */
export type SqlDialect = "postgres" | "mysql" | "sqlite";

/** A parameter of a statement. Bytes are always a `Buffer`. */
export type SqlValue = string | number | Uint8Array | null;

/** A row, by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * Runs statements on some database, for `sqlStore({ driver })`. Each statement stands alone and commits by itself. The texts
 * are few and always the same, so that they can be prepared; their parameters are `$1`, `$2`, … in PostgreSQL's dialect and `?`
 * in the others. Integers may come back as numbers, bigints or text, binary columns as `Uint8Array` or `Buffer`.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from "node:sqlite";
 * import { type SqlDriver, sqlStore } from "dewar/stores/sql";
 *
 * const database = new DatabaseSync("sessions.sqlite");
 * const driver: SqlDriver = {
 *   dialect: "sqlite",
 *   rows: async (statement, values) => database.prepare(statement).all(...values),
 *   change: async (statement, values) => Number(database.prepare(statement).run(...values).changes),
 * };
 * const store = sqlStore({ driver, createTable: true });
 * ```
 */
export interface SqlDriver {
  readonly dialect: SqlDialect;
  /** Runs a statement that answers with rows. */
  rows(statement: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Runs one that answers with none, and resolves to how many rows it changed. */
  change(statement: string, values: readonly SqlValue[]): Promise<number>;
}
