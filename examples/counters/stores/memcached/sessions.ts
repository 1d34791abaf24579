import { createSessionManager } from "dewar";
import { memcachedStore } from "dewar/stores/memcached";
import { Client } from "memjs";

const client = Client.create(process.env.MEMCACHED_SERVERS ?? "localhost:11211");

export const title = "Memcached";
/** Memcached can't tell which sessions are a user's. */
export const everywhere = false;
export const manager = createSessionManager({ store: memcachedStore({ client, prefix: "counter:" }) });

export async function close(): Promise<void> {
  await manager.close();
  client.close();
}
