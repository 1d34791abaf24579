import { createSessionManager } from "dewar";
import { sqlStore } from "dewar/stores/sql";
import { createPool } from "mysql2/promise";

const pool = createPool({
  uri: process.env.DATABASE_URL ?? "mysql://dewar:dewar@localhost:3306/dewar",
  connectionLimit: 10,
  queueLimit: 100,
});
pool.on("connection", (connection) => {
  connection.query("SET SESSION innodb_lock_wait_timeout = 2, lock_wait_timeout = 2"); // seconds, for a row and for a table
});
const store = sqlStore({ mysql2: pool });
await store.setup?.(); // makes the table, if it isn't there; in production once, when you deploy

export const title = "MySQL";
export const everywhere = true;
export const manager = createSessionManager({ store });

export async function close(): Promise<void> {
  await manager.close();
  await pool.end();
}
