import { textIn } from "../../../stores/lib/sql/columns.ts";
import type { SqlLayout } from "../../../stores/lib/sql/layout.ts";
import type { SqlStatements } from "../../../stores/lib/sql/statements.ts";

/** What a column of the usual size keeps whole. */
const MOST_BYTES = 2 ** 24 - 1;

/** The layout of a table of Flask-Session's, where it isn't another. */
export function flaskLayout(statements: SqlStatements, prefix: string): SqlLayout {
  const key = (id: string) => prefix + id;
  return {
    statements,
    mostBytes: MOST_BYTES,
    precision: 1,
    key,
    identity: (id) => [key(id)],
    columns: (data, expires) => [data, expires],
    // From the very start, since in what order prefixes come is up to the database.
    after: (id) => [id === "" ? "" : key(id), prefix],
    idIn: (row) => textIn(row["id"]).slice(prefix.length),
  };
}
