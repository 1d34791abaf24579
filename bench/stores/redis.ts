import { RedisStore } from "connect-redis";
import { redisStore } from "dewar/stores/redis";
import { createClient, type RedisClientType } from "redis";
import type { Opened, Place } from "./store.ts";

export { hasRedis as isAvailable, startRedis as start } from "../../scripts/services/redis.ts";
export { commandsDuring } from "./redis-monitor.ts";

export const connect = async ({ url }: Place): Promise<RedisClientType> =>
  (await createClient({ url }).connect()) as RedisClientType;

export async function dewar(place: Place): Promise<Opened> {
  const client = await connect(place);
  return { store: redisStore({ client }), close: async () => client.destroy() };
}

export async function peer(place: Place): Promise<object> {
  return new RedisStore({ client: await connect(place) });
}
