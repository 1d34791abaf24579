import { once } from "node:events";
import { Cluster, Redis } from "ioredis";
import { createCluster, createSentinel } from "redis";
import { until } from "../../../scripts/services/lib/until.ts";
import { ask } from "../../../scripts/services/redis.ts";
import { startRedisCluster } from "../../../scripts/services/redis-cluster.ts";
import { startRedisSentinel } from "../../../scripts/services/redis-sentinel.ts";
import type { Service } from "../../../scripts/services/service.ts";
import type { RedisClient } from "../../../src/stores/lib/redis-driver.ts";

/** Redis with replicas, one of which takes over when `primary` fails. */
export interface Deployment {
  primary: Service;
  /** Those of `primary`. */
  replicas: Service[];
  /** By each of the clients that `redisStore` takes. */
  connect: (() => Promise<Connection>)[];
  stop(): Promise<void>;
}

export interface Connection {
  client: RedisClient;
  /** Whether it leaves a server that hangs, not only one that closes the connection. */
  noticesHang: boolean;
  end(): void;
}

export async function startSentinel(): Promise<Deployment> {
  const set = await startRedisSentinel({ patience: 1000 });
  const sentinels = set.sentinels.map(hostAndPort);
  return {
    ...set,
    connect: [
      async () => {
        const client = createSentinel({ name: "main", sentinelRootNodes: sentinels }).on("error", ignoreOutage);
        return { client: await client.connect(), noticesHang: true, end: () => client.destroy() };
      },
      async () => {
        // Without the detector it stays with a primary that hangs.
        const client = new Redis({ name: "main", sentinels, failoverDetector: true }).on("error", ignoreOutage);
        await once(client, "ready");
        return { client, noticesHang: true, end: () => client.disconnect() };
      },
    ],
  };
}

export async function startCluster(): Promise<Deployment> {
  const { nodes, stop } = await startRedisCluster({ patience: 2000 });
  const [primary, , , replica] = nodes;
  if (!primary || !replica) throw new Error("The Cluster has too few nodes.");
  return {
    primary,
    replicas: [replica],
    stop,
    connect: [
      async () => {
        const rootNodes = nodes.map(({ url }) => ({ url }));
        const client = createCluster({ rootNodes }).on("error", ignoreOutage);
        return { client: await client.connect(), noticesHang: false, end: () => client.destroy() };
      },
      async () => {
        const client = new Cluster(nodes.map(hostAndPort)).on("error", ignoreOutage);
        await once(client, "ready");
        return { client, noticesHang: true, end: () => client.disconnect() };
      },
    ],
  };
}

/** Resolves when the replicas have what the primary has now. */
export async function replicated({ primary, replicas }: Deployment): Promise<void> {
  const written = await offset(primary, "master_repl_offset");
  await until("the replicas have it all", async () => {
    const received = await Promise.all(replicas.map((replica) => offset(replica, "slave_repl_offset")));
    return received.every((each) => each >= written);
  });
}

/** Resolves when the old primary knows that another has taken over. */
export async function demoted({ primary }: Deployment): Promise<void> {
  await until("the old primary is a replica", async () => (await ask(primary.url, ["ROLE"])).startsWith("slave"));
}

async function offset({ url }: Service, name: string): Promise<number> {
  const info = await ask(url, ["INFO", "replication"]);
  return Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]);
}

function hostAndPort({ port }: Service): { host: string; port: number } {
  return { host: "127.0.0.1", port };
}

/** Both clients tell of a lost connection by an event, and connect again by themselves. */
function ignoreOutage(): void {}
