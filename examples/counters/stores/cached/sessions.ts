import { createSessionManager } from "dewar";
import { cached } from "dewar/stores/cached";
import { redisStore } from "dewar/stores/redis";
import { sqlStore } from "dewar/stores/sql";
import { Pool } from "pg";
import { createClient } from "redis";

const client = createClient({ url: process.env.REDIS_URL ?? "redis://localhost:6379", disableOfflineQueue: true });
client.on("error", console.error); // without a listener, a lost connection ends the process
await client.connect();

const pool = new Pool({
  connectionString: process.env.DATABASE_URL ?? "postgres://dewar:dewar@localhost:5432/dewar",
  connectionTimeoutMillis: 5000,
  query_timeout: 10_000,
  options: "-c lock_timeout=2s",
});
pool.on("error", console.error); // as for Redis

const store = cached({
  cache: redisStore({ client, prefix: "counter:cache:" }),
  store: sqlStore({ pg: pool }),
  for: "5s", // how old an answer may be, should Redis have missed a change
});
await store.setup?.(); // makes the table, if it isn't there; in production once, when you deploy

export const title = "PostgreSQL behind Redis";
export const everywhere = true;
export const manager = createSessionManager({ store });

export async function close(): Promise<void> {
  await manager.close();
  await Promise.all([pool.end(), client.close()]);
}
