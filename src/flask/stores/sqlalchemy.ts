import type { Store } from "../../store.ts";
import { sqlDriver } from "../../stores/lib/sql/clients.ts";
import type { SqlDialect } from "../../stores/lib/sql/driver.ts";
import type { SqlLayout } from "../../stores/lib/sql/layout.ts";
import { assertNames } from "../../stores/lib/sql/names.ts";
import { BATCH, quoting, type SqlStatements } from "../../stores/lib/sql/statements.ts";
import { flaskLayout } from "./lib/flask-layout.ts";
import { assertPrefix, type FlaskTableOptions, flaskTableStore } from "./lib/flask-table-store.ts";
import { POSTGRES_TABLE, postgresStatements } from "./lib/postgres-table.ts";
import { commonStatements, expired, type FlaskTable, insertOrTakeOver } from "./lib/table.ts";

/**
 * Keeps sessions in the table of `SESSION_TYPE=sqlalchemy`, as SQLAlchemy lays it out in SQLite, MySQL, MariaDB or PostgreSQL:
 * dates are UTC without a time zone. The table is made when it is found missing; `table` is `"sessions"` by default.
 *
 * MySQL keeps whole seconds and 65,535 bytes a session: more is an error. There, by default, `session_id` is compared without
 * regard to case. Ours are compared as bytes as well, so that an id finds its own row or none, but of two ids that differ in
 * case alone the second can't be created: it "exists".
 *
 * Throws `TypeError` for an option that can't be one.
 */
export function sqlAlchemyStore(options: FlaskTableOptions): Store {
  const { dialect, table = "sessions", schema, prefix = "session:" } = options;
  assertNames(table, schema);
  assertPrefix(prefix);
  const driver = sqlDriver(options, dialect);
  const quote = quoting(driver.dialect);
  const path = schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`;
  return flaskTableStore(driver, layouts[driver.dialect](path, prefix), table, prefix);
}

/** What a BLOB of MySQL holds. Without strict mode, the rest would be cut off. */
const MOST_IN_BLOB = 2 ** 16 - 1;

const layouts: Record<SqlDialect, (path: string, prefix: string) => SqlLayout> = {
  postgres: (path, prefix) => flaskLayout(postgresStatements(postgresTable(path)), prefix),
  sqlite: (path, prefix) => flaskLayout(sqliteStatements(path), prefix),
  mysql: (path, prefix) => ({
    ...flaskLayout(mysqlStatements(path), prefix),
    mostBytes: MOST_IN_BLOB,
    precision: 1000,
    identity: (id) => [prefix + id, prefix + id],
  }),
};

function postgresTable(path: string): FlaskTable {
  return {
    ...POSTGRES_TABLE,
    path,
    setup: [createTable(path, { id: "SERIAL NOT NULL", data: "BYTEA", expiry: "TIMESTAMP WITHOUT TIME ZONE" })],
    primaryKey: "id",
    time: "(TIMESTAMP 'epoch' + CAST(? AS BIGINT) * INTERVAL '1 millisecond')",
    expires: "CAST(EXTRACT(EPOCH FROM expiry) * 1000 AS BIGINT)",
  };
}

function sqliteStatements(path: string): SqlStatements {
  const table: FlaskTable = {
    path,
    setup: [createTable(path, { id: "INTEGER NOT NULL", data: "BLOB", expiry: "DATETIME" })],
    primaryKey: "id",
    // The text that SQLAlchemy writes, with six digits of a second, which compares as the dates do.
    time: "strftime('%Y-%m-%d %H:%M:%f000', ? / 1000.0, 'unixepoch')",
    expires: "CAST(round((julianday(expiry) - julianday('1970-01-01')) * 86400000) AS INTEGER)",
    isPayload: (data) => `typeof(${data}) = 'blob'`,
    isOfId: "session_id = ?",
    hasPrefix: "instr(session_id, ?) = 1",
  };
  return { ...commonStatements(table), prune: `DELETE FROM ${path} WHERE id IN (${expired(table)})` };
}

function mysqlStatements(path: string): SqlStatements {
  const table: FlaskTable = {
    path,
    setup: [createTable(path, { id: "INTEGER NOT NULL AUTO_INCREMENT", data: "BLOB", expiry: "DATETIME" })],
    primaryKey: "id",
    time: "(TIMESTAMP('1970-01-01') + INTERVAL (? * 1000) MICROSECOND)",
    expires: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', expiry) DIV 1000",
    isPayload: (data) => `${data} IS NOT NULL`,
    // The first by the index, whatever its collation takes for equal.
    isOfId: "session_id = ? AND CAST(session_id AS BINARY) = ?",
    hasPrefix: "LOCATE(CAST(? AS BINARY), session_id) = 1",
  };
  return {
    ...commonStatements(table),
    ...insertOrTakeOver(table),
    prune: `DELETE FROM ${path} WHERE expiry <= ${table.time} LIMIT ${BATCH}`,
  };
}

/** What a dialect calls the types. */
interface Types {
  id: string;
  data: string;
  expiry: string;
}

function createTable(path: string, { id, data, expiry }: Types): string {
  return `CREATE TABLE IF NOT EXISTS ${path} (
  id ${id}, session_id VARCHAR(255), data ${data}, expiry ${expiry}, PRIMARY KEY (id), UNIQUE (session_id))`;
}
