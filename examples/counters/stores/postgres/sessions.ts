import { createSessionManager } from "dewar";
import { sqlStore } from "dewar/stores/sql";
import { Pool } from "pg";

const pool = new Pool({
  connectionString: process.env.DATABASE_URL ?? "postgres://dewar:dewar@localhost:5432/dewar",
  connectionTimeoutMillis: 5000,
  query_timeout: 10_000,
  options: "-c lock_timeout=2s",
});
pool.on("error", console.error); // without a listener, a lost connection ends the process
const store = sqlStore({ pg: pool });
await store.setup?.(); // makes the table, if it isn't there; in production once, when you deploy

export const title = "PostgreSQL";
export const everywhere = true;
export const manager = createSessionManager({ store });

export async function close(): Promise<void> {
  await manager.close();
  await pool.end();
}
