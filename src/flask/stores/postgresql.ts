import type { Store } from "../../store.ts";
import { assertOption } from "../../stores/lib/options.ts";
import { sqlDriver } from "../../stores/lib/sql/clients.ts";
import { assertNames } from "../../stores/lib/sql/names.ts";
import { quoting } from "../../stores/lib/sql/statements.ts";
import { flaskLayout } from "./lib/flask-layout.ts";
import { assertPrefix, type FlaskTableOptions, flaskTableStore } from "./lib/flask-table-store.ts";
import { POSTGRES_TABLE, postgresStatements } from "./lib/postgres-table.ts";
import type { FlaskTable } from "./lib/table.ts";

/**
 * Keeps sessions in the table of the coming `SESSION_TYPE=postgresql`: `table` is `"flask_sessions"` by default, `schema`
 * `"public"`. Both are made when the table is found missing.
 *
 * Flask-Session puts `NOW()` into a column without a time zone. So the dates are in the time zone of the connection (its
 * `TimeZone` setting), and both sides have to use the same one.
 *
 * Throws `TypeError` for an option that can't be one, and for a client of another database.
 */
export function postgresqlStore(options: FlaskTableOptions): Store {
  const { dialect, table = "flask_sessions", schema = "public", prefix = "session:" } = options;
  assertNames(table, schema);
  assertPrefix(prefix);
  const driver = sqlDriver(options, dialect);
  assertOption(driver.dialect === "postgres", "client", "one of PostgreSQL");
  const layout = flaskLayout(postgresStatements(postgresqlTable(table, schema)), prefix);
  return flaskTableStore(driver, layout, table, prefix);
}

function postgresqlTable(table: string, schema: string): FlaskTable {
  const quote = quoting("postgres");
  const path = `${quote(schema)}.${quote(table)}`;
  return {
    ...POSTGRES_TABLE,
    path,
    setup: [
      // Who may make tables in it needn't be allowed to make schemas.
      ...(schema === "public" ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`]),
      `CREATE TABLE IF NOT EXISTS ${path} (
  session_id VARCHAR(255) NOT NULL PRIMARY KEY, created TIMESTAMP WITHOUT TIME ZONE DEFAULT (NOW() AT TIME ZONE 'utc'),
  data BYTEA, expiry TIMESTAMP WITHOUT TIME ZONE)`,
      `CREATE UNIQUE INDEX IF NOT EXISTS ${quote(`uq_${table}_session_id`)} ON ${path} (session_id)`,
      `CREATE INDEX IF NOT EXISTS ${quote(`${table}_expiry_idx`)} ON ${path} (expiry)`,
    ],
    primaryKey: "session_id",
    time: "to_timestamp(CAST(? AS BIGINT) / 1000.0)",
    expires: "CAST(EXTRACT(EPOCH FROM CAST(expiry AS TIMESTAMP WITH TIME ZONE)) * 1000 AS BIGINT)",
  };
}
