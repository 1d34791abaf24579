import type { Store } from "../../../store.ts";
import { assertOption } from "../../../stores/lib/options.ts";
import type { OneSqlClient } from "../../../stores/lib/sql/clients.ts";
import type { SqlDialect, SqlDriver } from "../../../stores/lib/sql/driver.ts";
import type { SqlLayout } from "../../../stores/lib/sql/layout.ts";
import { SqlStore } from "../../../stores/lib/sql/sql-store.ts";
import { fittingIds } from "../fitting-ids.ts";
import { unindexed } from "../unindexed.ts";

/** Where rows of Flask-Session's are kept. */
export type FlaskTableOptions = OneSqlClient & {
  /** Where it can't be told from a toolkit's object. */
  dialect?: SqlDialect;
  /** Letters, digits and underscores, 50 at most. */
  table?: string;
  /** As `table`. */
  schema?: string;
  /** Stands before every id. Default `"session:"`. */
  prefix?: string;
};

/** Characters that `session_id` holds. */
const LONGEST = 255;

export function assertPrefix(prefix: unknown): asserts prefix is string {
  const fits = typeof prefix === "string" && prefix.length < LONGEST && !prefix.includes("\0");
  assertOption(fits, "prefix", "a string, which stands before every id");
}

/**
 * The table is made when it is found missing, as Flask-Session makes it. Nothing is pruned but by `prune`: a row that says
 * who does it would be one too many.
 */
export function flaskTableStore(driver: SqlDriver, layout: SqlLayout, table: string, prefix: string): Store {
  const store = new SqlStore(driver, layout, { table, createTable: true, pruneEvery: undefined });
  const fits = (id: string) => prefix.length + id.length <= LONGEST && !id.includes("\0");
  return fittingIds(unindexed(store), fits);
}
