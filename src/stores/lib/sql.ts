/** The statements of a session table, by what they do. Every `?` is one parameter, in the order that the comment gives. */
export interface SqlStatements {
  /** Table and indexes; each can be run again. */
  setup: readonly string[];
  /** id, data, expires, subject, now. Changes one row unless a living one has the id. */
  create: string;
  /** id, now → data, expires. */
  read: string;
  /** expires, id, now, before. Changes one row if it lives and ends sooner than `before`. */
  renew: string;
  /** data, expires, id, data before, now. Changes one row if it lives and holds the data before. */
  replace: string;
  /** id, now. Changes one row if it lived. */
  delete: string;
  /** now, after, limit → id, data, expires, subject. */
  list: string;
  /** now, after, subject, limit → id, data, expires, subject. */
  listSubject: string;
  /** now, limit. Changes a row for each that it removes. */
  prune: string;
}

/** Those that answer with rows, and those that answer with how many rows they changed. */
export type SqlQuery = "read" | "list" | "listSubject";
export type SqlChange = Exclude<keyof SqlStatements, SqlQuery | "setup">;

/**
 * SQLite's. Columns: `id` and `subject` compare as bytes (SQLite's own order of text is that of memcmp), `data` is what
 * the codec wrote, `expires` counts milliseconds since 1970.
 */
export function sqliteStatements(table: string): SqlStatements {
  const columns = "id, data, expires, subject";
  return {
    setup: [
      `CREATE TABLE IF NOT EXISTS ${table} (
        id TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL, expires INTEGER NOT NULL, subject TEXT) STRICT`,
      `CREATE INDEX IF NOT EXISTS ${table}_expires ON ${table} (expires)`,
      `CREATE INDEX IF NOT EXISTS ${table}_subject ON ${table} (subject, id) WHERE subject IS NOT NULL`,
    ],
    create: `INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires = excluded.expires, subject = excluded.subject
      WHERE ${table}.expires <= ?`,
    read: `SELECT data, expires FROM ${table} WHERE id = ? AND expires > ?`,
    renew: `UPDATE ${table} SET expires = ? WHERE id = ? AND expires > ? AND expires < ?`,
    replace: `UPDATE ${table} SET data = ?, expires = ? WHERE id = ? AND data = ? AND expires > ?`,
    delete: `DELETE FROM ${table} WHERE id = ? AND expires > ?`,
    list: `SELECT ${columns} FROM ${table} WHERE expires > ? AND id > ? ORDER BY id LIMIT ?`,
    listSubject: `SELECT ${columns} FROM ${table} WHERE expires > ? AND id > ? AND subject = ? ORDER BY id LIMIT ?`,
    prune: `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE expires <= ? ORDER BY expires LIMIT ?)`,
  };
}
