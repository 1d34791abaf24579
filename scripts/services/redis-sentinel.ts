import { until } from "./lib/until.ts";
import { ask, hasRedis, startRedisServer } from "./redis.ts";
import { type Service, together } from "./service.ts";

/** Whether this machine has Redis. With `CI=true` it must. */
export const hasRedisSentinel: boolean = hasRedis;

export interface RedisSentinel extends Service {
  /** The server that takes writes until a failover. */
  primary: Service;
  replicas: Service[];
  sentinels: Service[];
}

const REPLICAS = 2;
const SENTINELS = 3;
const QUORUM = 2;

/**
 * Starts a server, replicas of it, and Sentinels that watch over it as master `main`. They give it up when it hasn't answered
 * for `patience` milliseconds: where nothing is to fail, a busy machine must not look like a failure.
 */
export async function startRedisSentinel({ patience = 30_000 }: { patience?: number } = {}): Promise<RedisSentinel> {
  const primary = await startRedisServer({ settings: ['save ""', "repl-diskless-sync-delay 0"] });
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, (_, index) => startReplica(primary, index === 0)),
  );
  // They find the replicas that are there when they start at once, and those that come later after some seconds.
  const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => startSentinel(primary, patience)));
  await Promise.all(sentinels.map(({ url }) => until("the Sentinels know each other", () => knowsAll(url))));
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`);
  const url = `redis+sentinel://${hosts.join(",")}/main`;
  return { ...together(url, [...sentinels, primary, ...replicas]), primary, replicas, sentinels };
}

/**
 * Only one may become primary: on a busy machine the Sentinels fail over twice in a second, and what the first new primary
 * acknowledged by then is lost to Redis itself.
 */
async function startReplica(primary: Service, isHeir: boolean): Promise<Service> {
  const settings = [
    'save ""',
    "repl-diskless-sync-delay 0",
    `replica-priority ${isHeir ? 100 : 0}`,
    `replicaof 127.0.0.1 ${primary.port}`,
  ];
  const replica = await startRedisServer({ settings });
  const isLinked = async () => (await ask(replica.url, ["INFO", "replication"])).includes("master_link_status:up");
  await until("a replica follows its primary", isLinked);
  return replica;
}

async function startSentinel({ port }: Service, patience: number): Promise<Service> {
  const settings = [
    `sentinel monitor main 127.0.0.1 ${port} ${QUORUM}`,
    `sentinel down-after-milliseconds main ${patience}`,
    "sentinel failover-timeout main 5000",
  ];
  return startRedisServer({ settings, flags: ["--sentinel"] });
}

async function knowsAll(url: string): Promise<boolean> {
  const facts = await ask(url, ["SENTINEL", "MASTER", "main"]);
  return facts.includes(`num-slaves,${REPLICAS},num-other-sentinels,${SENTINELS - 1},`);
}
