import { createSessionManager } from "dewar";
import { redisStore } from "dewar/stores/redis";
import { createClient } from "redis";

const client = createClient({ url: process.env.REDIS_URL ?? "redis://localhost:6379", disableOfflineQueue: true });
client.on("error", console.error); // without a listener, a lost connection ends the process
await client.connect();

export const title = "Redis";
export const everywhere = true;
export const manager = createSessionManager({ store: redisStore({ client, prefix: "counter:" }) });

export async function close(): Promise<void> {
  await manager.close();
  await client.close();
}
