import { assertOption } from "../options.ts";
import { dialectOf } from "./dialect.ts";
import type { SqlDialect, SqlDriver, SqlRow, SqlValue } from "./driver.ts";

/** What `knex(config)` returns. */
export interface Knex {
  raw(statement: string, values: (string | number | Uint8Array | null)[]): PromiseLike<unknown>;
  readonly client: { dialect?: unknown };
  readonly isTransaction?: boolean;
}

/** How each database's client answers to `raw`. */
const answers: Record<SqlDialect, { rows(answer: never): SqlRow[]; count(answer: never): number }> = {
  postgres: {
    rows: (answer: { rows: SqlRow[] }) => answer.rows,
    count: (answer: { rowCount: number | null }) => Number(answer.rowCount),
  },
  mysql: {
    rows: ([rows]: [SqlRow[]]) => rows,
    count: ([header]: [{ affectedRows: number }]) => header.affectedRows,
  },
  sqlite: { rows: (rows: SqlRow[]) => rows, count: (answer: { changes: number }) => answer.changes },
};

/** Drives Knex (in SQLite's dialect over `better-sqlite3`). */
export function knexDriver(knex: Knex, given: SqlDialect | undefined): SqlDriver {
  assertOption(
    typeof knex?.raw === "function" && !knex.isTransaction,
    "knex",
    "what `knex(config)` returns, no transaction",
  );
  const dialect = given ?? dialectOf(knex.client.dialect);
  // It wants `?` for PostgreSQL too: each parameter stands once, in order.
  const raw = async (statement: string, values: readonly SqlValue[]) =>
    (await Promise.resolve(knex.raw(statement.replaceAll(/\$\d+/g, "?"), [...values])).catch(
      withoutStatement,
    )) as never;
  return {
    dialect,
    rows: async (statement, values) => answers[dialect].rows(await raw(statement, values)),
    change: async (statement, values) => answers[dialect].count(await raw(statement, values)),
  };
}

/** Knex puts the statement, with its values, before what the database said. */
function withoutStatement(error: unknown): never {
  if (error instanceof Error)
    error.message = error.message.slice(error.message.lastIndexOf(" - ") + 1).replace(/^- /, "");
  throw error;
}
