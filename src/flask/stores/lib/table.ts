import { BATCH, PAGE, type SqlStatements } from "../../../stores/lib/sql/statements.ts";

/**
 * A table of Flask-Session's. In every one `session_id` is the prefix and the id, `data` the bytes, and `expiry` a date
 * without a time zone; nothing forbids NULL in the last two. All is SQL, and where it has a parameter, that's a `?`.
 */
export interface FlaskTable {
  /** Its name, with the schema, quoted. */
  path: string;
  setup: readonly string[];
  /** The column that rows are removed by. */
  primaryKey: string;
  /** So many milliseconds since 1970, as an expiry. */
  time: string;
  /** The expiry, as milliseconds since 1970. */
  expires: string;
  /** True for the bytes that a session is. */
  isPayload(data: string): string;
  /** True for the one row of an id. */
  isOfId: string;
  /** True for the rows of a prefix. */
  hasPrefix: string;
}

/** What the statements have in common. Flask-Session takes a row without an expiry for one that has ended, and so they do. */
export function commonStatements(table: FlaskTable): Omit<SqlStatements, "prune"> {
  const { path, setup, time, expires, isOfId, hasPrefix } = table;
  return {
    setup,
    create: `INSERT INTO ${path} AS old (session_id, data, expiry) VALUES (?, ?, ${time}) ON CONFLICT (session_id)
      DO UPDATE SET data = excluded.data, expiry = excluded.expiry WHERE (${lives(table, "old.")}) IS NOT TRUE`,
    read: `SELECT data, ${expires} AS expires FROM ${path} WHERE ${isOfId} AND ${lives(table)}`,
    renew: `UPDATE ${path} SET expiry = ${time} WHERE ${isOfId} AND ${lives(table)} AND expiry < ${time}`,
    replace: `UPDATE ${path} SET data = ?, expiry = ${time} WHERE ${isOfId} AND data = ? AND ${lives(table)}`,
    delete: `DELETE FROM ${path} WHERE ${isOfId} AND ${lives(table)}`,
    list: `SELECT session_id AS id, data, ${expires} AS expires FROM ${path}
      WHERE ${lives(table)} AND session_id > ? AND ${hasPrefix} ORDER BY session_id LIMIT ${PAGE}`,
  };
}

/** For a database without INSERT … ON CONFLICT. */
export function insertOrTakeOver(table: FlaskTable): Required<Pick<SqlStatements, "create" | "takeOver">> {
  const { path, time, isOfId } = table;
  return {
    create: `INSERT INTO ${path} (session_id, data, expiry) VALUES (?, ?, ${time})`,
    takeOver: `UPDATE ${path} SET data = ?, expiry = ${time} WHERE ${isOfId} AND (${lives(table)}) IS NOT TRUE`,
  };
}

/** The rows that have expired, a batch of them: as Flask-Session picks them, those without an expiry not among them. */
export function expired({ path, primaryKey, time }: FlaskTable): string {
  return `SELECT ${primaryKey} FROM ${path} WHERE expiry <= ${time} LIMIT ${BATCH}`;
}

function lives({ isPayload, time }: FlaskTable, row = ""): string {
  return `${isPayload(`${row}data`)} AND ${row}expiry > ${time}`;
}
