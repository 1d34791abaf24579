import { Redis } from "ioredis";
import { createClient } from "redis";
import type { Store } from "../../../src/index.ts";
import type { RedisClient } from "../../../src/stores/lib/redis-driver.ts";
import { redisStore } from "../../../src/stores/redis.ts";
import { pausingClient } from "./pausing.ts";
import { Points } from "./points.ts";

export const redisClients = ["redis", "ioredis"] as const;
export type RedisClientName = (typeof redisClients)[number];

/** One process with a connection to Redis. */
export interface RedisProcess {
  store: Store;
  /** The same, but each command is a point. */
  pausing: Store;
  points: Points;
  end(): void;
}

export async function connectRedisProcess(name: RedisClientName, url: string): Promise<RedisProcess> {
  const { client, end } = await clients[name](url);
  const points = new Points();
  const pausing = redisStore({ client: pausingClient(client, /^sendCommand$|Buffer$/, points) });
  return { store: redisStore({ client }), pausing, points, end };
}

const clients: Record<RedisClientName, (url: string) => Promise<{ client: RedisClient; end: () => void }>> = {
  async redis(url) {
    const client = await createClient({ url }).connect();
    return { client, end: () => client.destroy() };
  },
  async ioredis(url) {
    const client = new Redis(url);
    return { client, end: () => client.disconnect() };
  },
};
