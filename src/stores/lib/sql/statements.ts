import type { SqlDialect } from "./driver.ts";

/**
 * The statements of a session table, by what they do. The comments give their parameters, in order: "id" is what the layout
 * makes of it, and "columns" are data, expires and, where the table has it, subject.
 */
export interface SqlStatements {
  /** Table and indexes; each can be run again. */
  setup: readonly string[];
  /** id, columns, now. Changes one row, unless a living one has the id. */
  create: string;
  /** Where there is no such statement, `create` takes no `now`, and fails if the id is there. Then: columns, id, now. */
  takeOver?: string;
  /** id, now → data, expires. */
  read: string;
  /** expires, id, now, before. Changes one row if it lives and ends sooner than `before`. */
  renew: string;
  /** data, expires, id, data before, now. Changes one row if it lives and holds the data before. */
  replace: string;
  /** id, now. Changes one row if it lived. */
  delete: string;
  /** now, after → id (or its bytes as `hex`), data, expires, subject: a page of them. */
  list: string;
  /** now, after, subject → the same. Only where the table has a subject. */
  listSubject?: string;
  /** now. Changes a row for each that it removes: a batch of them. */
  prune: string;
}

/** Rows that `list` answers with at once. */
export const PAGE = 100;
/** Rows that `prune` removes at once. */
export const BATCH = 500;

/**
 * Four columns in every dialect: `id` and `subject`, which compare as bytes; `data`, what the codec wrote; and `expires`,
 * milliseconds since 1970. Names of one word in lower case, because toolkits rename others.
 */
const COLUMNS = "id, data, expires, subject";

/** How a dialect quotes names. */
export function quoting(dialect: SqlDialect): (name: string) => string {
  return dialect === "mysql" ? (name) => `\`${name}\`` : (name) => `"${name}"`;
}

/** The statements in one dialect. The names must have been checked. */
export function sqlStatements(dialect: SqlDialect, table: string, schema?: string): SqlStatements {
  const quote = quoting(dialect);
  const within = schema === undefined ? "" : `${quote(schema)}.`;
  const path = within + quote(table);
  const own = dialects[dialect]({ path, table: quote(table), within, index: (column) => quote(`${table}_${column}`) });
  const { listed = COLUMNS, ...statements } = own;
  const list = (which: string) => `SELECT ${listed} FROM ${path} AS s WHERE ${which} ORDER BY s.id LIMIT ${PAGE}`;
  const all = {
    create: `INSERT INTO ${path} AS old (${COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
      SET data = excluded.data, expires = excluded.expires, subject = excluded.subject WHERE old.expires <= ?`,
    read: `SELECT data, expires FROM ${path} WHERE id = ? AND expires > ?`,
    renew: `UPDATE ${path} SET expires = ? WHERE id = ? AND expires > ? AND expires < ?`,
    replace: `UPDATE ${path} SET data = ?, expires = ? WHERE id = ? AND data = ? AND expires > ?`,
    delete: `DELETE FROM ${path} WHERE id = ? AND expires > ?`,
    list: list("expires > ? AND id > ?"),
    listSubject: list("expires > ? AND id > ? AND subject = ?"),
    ...statements,
  };
  return dialect === "postgres" ? numbered(all) : all;
}

/** What is a dialect's own: the table, pruning, and statements in the place of the common ones. */
type Own = Pick<SqlStatements, "setup" | "prune"> &
  Partial<SqlStatements> & {
    /** The columns of a listing, where they aren't simply named. */
    listed?: string;
  };

/** Quoted. */
interface Names {
  table: string;
  /** The table with its schema, as a statement names it. */
  path: string;
  /** The schema and a dot, if there is one. */
  within: string;
  index(column: string): string;
}

const dialects: Record<SqlDialect, (names: Names) => Own> = {
  postgres: ({ path, index }) => ({
    setup: [
      `CREATE TABLE IF NOT EXISTS ${path} (
  id BYTEA NOT NULL PRIMARY KEY, data BYTEA NOT NULL, expires BIGINT NOT NULL, subject BYTEA)`,
      `CREATE INDEX IF NOT EXISTS ${index("expires")} ON ${path} (expires)`,
      `CREATE INDEX IF NOT EXISTS ${index("subject")} ON ${path} (subject, id) WHERE subject IS NOT NULL`,
    ],
    // Locked before they are deleted: else one that is taken over meanwhile would go too.
    prune: `DELETE FROM ${path} WHERE id = ANY (ARRAY (
      SELECT id FROM ${path} WHERE expires <= ? AND id > '' ORDER BY expires LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
  }),
  mysql: ({ path, index }) => ({
    setup: [
      `CREATE TABLE IF NOT EXISTS ${path} (
  id VARBINARY(255) NOT NULL PRIMARY KEY, data MEDIUMBLOB NOT NULL, expires BIGINT NOT NULL, subject VARBINARY(255),
  INDEX ${index("expires")} (expires), INDEX ${index("subject")} (subject, id)) ENGINE = InnoDB`,
    ],
    // ON DUPLICATE KEY UPDATE counts 1 both for a new row and, where the client asks for rows found, for one that stays.
    create: `INSERT INTO ${path} (${COLUMNS}) VALUES (?, ?, ?, ?)`,
    takeOver: `UPDATE ${path} SET data = ?, expires = ?, subject = ? WHERE id = ? AND expires <= ?`,
    prune: `DELETE FROM ${path} WHERE expires <= ? AND id > '' ORDER BY expires LIMIT ${BATCH}`,
  }),
  sqlite: ({ path, table, within, index }) => ({
    setup: [
      `CREATE TABLE IF NOT EXISTS ${path} (
  id TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL, expires INTEGER NOT NULL, subject TEXT) STRICT`,
      `CREATE INDEX IF NOT EXISTS ${within}${index("expires")} ON ${table} (expires)`,
      `CREATE INDEX IF NOT EXISTS ${within}${index("subject")} ON ${table} (subject, id) WHERE subject IS NOT NULL`,
    ],
    // Some clients end a text at its first NUL.
    listed: "hex(id) AS hex, data, expires, subject",
    prune: `DELETE FROM ${path} WHERE id IN (
      SELECT id FROM ${path} WHERE expires <= ? AND id > '' ORDER BY expires LIMIT ${BATCH})`,
  }),
};

/** With PostgreSQL's `$1`, `$2`, … for each `?`. */
export function numbered(statements: SqlStatements): SqlStatements {
  const entries = Object.entries(statements).map(([name, text]) => {
    let count = 0;
    return [name, typeof text === "string" ? text.replaceAll("?", () => `$${++count}`) : text];
  });
  return Object.fromEntries(entries) as SqlStatements;
}
