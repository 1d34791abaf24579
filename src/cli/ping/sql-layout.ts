import { rowsIn, textIn } from "../../stores/lib/sql/columns.ts";
import type { SqlDialect, SqlDriver, SqlValue } from "../../stores/lib/sql/driver.ts";

/** Where a table of sessions is to be. */
export interface SqlPlace {
  driver: SqlDriver;
  table: string;
  schema: string | undefined;
}

/** What the store's statements need: each the first column of an index. */
const INDEXED = ["id", "expires", "subject"] as const;
type Column = (typeof INDEXED)[number];

export interface Missing {
  /** Whether the table is there. */
  isThere: boolean;
  /** The columns that no index begins with. */
  indexes: readonly Column[];
}

/** What is missing of the table and its indexes, whatever the indexes are called. */
export async function missingIn(place: SqlPlace): Promise<Missing> {
  const { driver, table, schema } = place;
  const [exists, indexed] = QUERIES[driver.dialect](table, schema);
  if ((await ask(driver, exists)).length === 0) return { isThere: false, indexes: INDEXED };
  const columns = new Set((await ask(driver, indexed)).map((row) => textIn(row["name"])));
  return { isThere: true, indexes: INDEXED.filter((column) => !columns.has(column)) };
}

export function noTable({ driver }: SqlPlace): string {
  return `Make it: dewar setup, or run what dewar ddl --dialect ${driver.dialect} prints.`;
}

export function noIndex(column: Column): string {
  if (column === "id") return "Make id the primary key: without one, two sessions can have one id.";
  const what = column === "expires" ? "removing what expired" : "finding the sessions of a user";
  return `Make it (dewar setup): without it, ${what} reads the whole table.`;
}

type Query = [statement: string, values: SqlValue[]];

/** Whether the table is there: a row. And for each index the column it begins with, as `name`. */
const QUERIES: Record<SqlDialect, (table: string, schema: string | undefined) => [Query, Query]> = {
  postgres(table, schema) {
    const name = schema === undefined ? `"${table}"` : `"${schema}"."${table}"`;
    return [
      ["SELECT 1 AS found WHERE to_regclass($1) IS NOT NULL", [name]],
      [
        `SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indrelid = to_regclass($1) AND i.indisvalid`,
        [name],
      ],
    ];
  },
  mysql(table, schema) {
    const where = `table_name = ? AND table_schema = ${schema === undefined ? "DATABASE()" : "?"}`;
    const values = schema === undefined ? [table] : [table, schema];
    return [
      [`SELECT 1 AS found FROM information_schema.tables WHERE ${where}`, values],
      [`SELECT column_name AS name FROM information_schema.statistics WHERE ${where} AND seq_in_index = 1`, values],
    ];
  },
  sqlite(table) {
    return [
      ["SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = ?", [table]],
      [
        `SELECT c.name AS name FROM pragma_index_list(?) AS i, pragma_index_info(i.name) AS c WHERE c.seqno = 0`,
        [table],
      ],
    ];
  },
};

async function ask(driver: SqlDriver, [statement, values]: Query) {
  return rowsIn(await driver.rows(statement, values));
}
