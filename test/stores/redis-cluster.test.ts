import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis5";
import { createClient, createCluster, createSentinel } from "redis";
import { createCluster as createCluster5, createSentinel as createSentinel5 } from "redis5";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRedis } from "../../scripts/services/redis.ts";
import { type RedisCluster, startRedisCluster } from "../../scripts/services/redis-cluster.ts";
import { type RedisSentinel, startRedisSentinel } from "../../scripts/services/redis-sentinel.ts";
import type { RedisClient } from "../../src/stores/lib/redis-driver.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { testStore } from "../../src/testing/store.ts";

let cluster: RedisCluster;
let sentinel: RedisSentinel;
beforeAll(async () => {
  if (hasRedis) [cluster, sentinel] = await Promise.all([startRedisCluster(), startRedisSentinel()]);
}, 60_000);
afterAll(() => Promise.all([cluster?.stop(), sentinel?.stop()]));

const rootNodes = () => cluster.nodes.map(({ url }) => ({ url }));
const nodes = () => cluster.nodes.map(({ port }) => ({ host: "127.0.0.1", port }));
const sentinels = () => sentinel.sentinels.map(({ port }) => ({ host: "127.0.0.1", port }));

interface Connection {
  client: RedisClient;
  end(): unknown;
}

const makes: Record<string, () => Promise<Connection>> = {
  "redis 6, Cluster": async () => {
    const client = await createCluster({ rootNodes: rootNodes() }).connect();
    return { client, end: () => client.destroy() };
  },
  "redis 5, Cluster": async () => {
    const client = await createCluster5({ rootNodes: rootNodes() }).connect();
    return { client, end: () => client.destroy() };
  },
  "ioredis 6, Cluster": async () => {
    const client = new Cluster(nodes());
    return { client, end: () => client.disconnect() };
  },
  "ioredis 6, Cluster, pipelining, a prefix": async () => {
    const client = new Cluster(nodes(), { enableAutoPipelining: true, keyPrefix: "app:" });
    return { client, end: () => client.disconnect() };
  },
  "ioredis 5, Cluster": async () => {
    const client = new Cluster5(nodes());
    return { client, end: () => client.disconnect() };
  },
  "ioredis 5, Cluster, pipelining": async () => {
    const client = new Cluster5(nodes(), { enableAutoPipelining: true });
    return { client, end: () => client.disconnect() };
  },
  "redis 6, Sentinel": async () => {
    const client = await createSentinel({ name: "main", sentinelRootNodes: sentinels() }).connect();
    return { client, end: () => client.destroy() };
  },
  "redis 5, Sentinel": async () => {
    const client = await createSentinel5({ name: "main", sentinelRootNodes: sentinels() }).connect();
    return { client, end: () => client.destroy() };
  },
  "ioredis 6, Sentinel": async () => {
    const client = new Redis({ name: "main", sentinels: sentinels() });
    return { client, end: () => client.disconnect() };
  },
  "ioredis 5, Sentinel": async () => {
    const client = new Redis5({ name: "main", sentinels: sentinels() });
    return { client, end: () => client.disconnect() };
  },
};

let prefixes = 0;

for (const [make, connect] of Object.entries(makes)) {
  describe.skipIf(!hasRedis)(make, () => {
    let connection: Connection;
    beforeAll(async () => {
      connection = await connect();
    });
    afterAll(() => connection.end());
    const create = () => redisStore({ client: connection.client, prefix: `${prefixes++}:` });
    const createPair = () => [create(), create()] as const;
    testStore({ describe, it: it.concurrent, create, createPair, without: ["prune"], sessions: 1_000 });
  });
}

it.skipIf(!hasRedis)("spreads records over all masters, each listed once", async () => {
  const make = makes["redis 6, Cluster"];
  if (!make) throw new Error("no such client");
  const { client, end } = await make();
  const store = redisStore({ client, prefix: "spread:" });
  const later = new Date(Date.now() + 3_600_000);
  const ids = Array.from({ length: 60 }, (_, count) => `id${count}`).sort();
  await Promise.all(ids.map((id) => store.create(id, Uint8Array.of(1), { expiresAt: later, endsAt: later })));
  for (const { url } of cluster.nodes.slice(0, 3)) {
    const node = await createClient({ url }).connect();
    expect((await node.keys("spread:*")).length).toBeGreaterThan(0);
    node.destroy();
  }
  const listed: string[] = [];
  for await (const { id } of store.list?.({}) ?? []) listed.push(id);
  expect(listed).toEqual(ids);
  end();
});
