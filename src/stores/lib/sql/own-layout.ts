import { Buffer } from "node:buffer";
import { textIn } from "./columns.ts";
import type { SqlDialect, SqlValue } from "./driver.ts";
import type { SqlLayout } from "./layout.ts";
import { sqlStatements } from "./statements.ts";

/** What MEDIUMBLOB holds. */
const MOST_BYTES = 2 ** 24 - 1;

/** The table that `sqlSetup` makes. The names must have been checked. */
export function ownLayout(dialect: SqlDialect, table: string, schema: string | undefined): SqlLayout {
  /** Ids and subjects as their columns hold them: bytes, but for SQLite, whose text compares as bytes. */
  const key = (text: string): SqlValue => (dialect === "sqlite" ? text : Buffer.from(text));
  return {
    statements: sqlStatements(dialect, table, schema),
    mostBytes: MOST_BYTES,
    precision: 1,
    key,
    identity: (id) => [key(id)],
    columns: (data, expires, subject) => [data, expires, subject === undefined ? null : key(subject)],
    after: (id) => [key(id)],
    idIn: ({ id, hex }) => (hex === undefined ? textIn(id) : Buffer.from(textIn(hex), "hex").toString()),
  };
}
