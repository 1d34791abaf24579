import { assertOption } from "../options.ts";
import type { SqlDriver, SqlRow, SqlValue } from "./driver.ts";
import { OpenTransaction } from "./faults.ts";

/** A `DatabaseSync` of `node:sqlite`, or a `Database` of `better-sqlite3`. */
export interface Sqlite {
  prepare(statement: string): SqliteStatement;
  readonly isTransaction?: boolean;
  readonly inTransaction?: boolean;
}

interface SqliteStatement {
  all(...values: SqlValue[]): unknown[];
  run(...values: SqlValue[]): { changes: number | bigint };
}

/** Drives SQLite's synchronous clients, by statements that are prepared once. */
export function sqliteDriver(sqlite: Sqlite): SqlDriver {
  assertOption(
    typeof sqlite?.prepare === "function",
    "sqlite",
    "a DatabaseSync of `node:sqlite`, or a Database of `better-sqlite3`",
  );
  const statements = new Map<string, SqliteStatement>();
  const prepared = (text: string) => {
    if (sqlite.isTransaction || sqlite.inTransaction) throw new OpenTransaction();
    const statement = statements.get(text) ?? sqlite.prepare(text);
    statements.set(text, statement);
    return statement;
  };
  return {
    dialect: "sqlite",
    rows: async (statement, values) => prepared(statement).all(...values) as SqlRow[],
    change: async (statement, values) => Number(prepared(statement).run(...values).changes),
  };
}
