import { Cluster, Redis } from "ioredis";
import { createCluster, createSentinel } from "redis";
import { type PlaceName, places } from "../../../scripts/services/places.ts";
import { startRedisCluster } from "../../../scripts/services/redis-cluster.ts";
import { startRedisSentinel } from "../../../scripts/services/redis-sentinel.ts";
import type { Store } from "../../../src/index.ts";
import { connectStore } from "../../../src/stores/index.ts";
import type { RedisClient } from "../../../src/stores/lib/redis-driver.ts";
import { redisStore } from "../../../src/stores/redis.ts";

/** A kind of server, and the clients that reach it over the network. */
export interface Remote {
  name: PlaceName;
  available: boolean;
  start(): Promise<Server>;
  clients: readonly Client[];
}

export interface Server {
  url: string;
  /** Where sessions are kept, to be led through proxies. */
  ports: readonly number[];
  /** Where to ask which of them that is. */
  sentinels: readonly number[];
  stop(): Promise<void>;
}

export interface Client {
  name: string;
  /** It sends a command again by itself, and nobody can tell. */
  repeatsUnseen?: boolean;
  connect(server: Server, via: Via): Promise<Connected>;
}

/** Which port leads to another. */
type Via = (port: number) => number;

export interface Connected {
  store: Store;
  end(): unknown;
}

export const remotes: readonly Remote[] = [
  onOneServer("redis", [
    { name: "redis", connect: connectByUrl },
    { name: "ioredis", connect: connectIoredis({ maxRetriesPerRequest: 20 }) },
    { name: "ioredis, maxRetriesPerRequest: 0", connect: connectIoredis({ maxRetriesPerRequest: 0 }) },
  ]),
  onOneServer("memcached", [{ name: "memjs", connect: connectByUrl }]),
  onOneServer("postgres", [{ name: "pg", connect: connectByUrl }]),
  onOneServer("mysql", [{ name: "mysql2", connect: connectByUrl }]),
  onOneServer("mongodb", [{ name: "mongodb", connect: connectByUrl }]),
  {
    name: "redis-cluster",
    available: places["redis-cluster"].available,
    async start() {
      const { url, nodes, stop } = await startRedisCluster();
      return { url, ports: nodes.map(({ port }) => port), sentinels: [], stop };
    },
    clients: [
      { name: "redis", connect: connectRedisCluster },
      { name: "ioredis", connect: connectIoredisCluster },
    ],
  },
  {
    name: "redis-sentinel",
    available: places["redis-sentinel"].available,
    async start() {
      const { url, primary, sentinels, stop } = await startRedisSentinel();
      return { url, ports: [primary.port], sentinels: sentinels.map(({ port }) => port), stop };
    },
    clients: [
      { name: "redis", repeatsUnseen: true, connect: connectRedisSentinel({ maxCommandRediscovers: 16 }) },
      { name: "redis, maxCommandRediscovers: 0", connect: connectRedisSentinel({ maxCommandRediscovers: 0 }) },
      { name: "ioredis", connect: connectIoredisSentinel },
    ],
  },
];

function onOneServer(name: PlaceName, clients: readonly Client[]): Remote {
  const { available, start } = places[name];
  return {
    name,
    available,
    clients,
    async start() {
      const { url, service, stop } = await start();
      if (!service) throw new Error(`${name} has no server`);
      return { url, ports: [service.port], sentinels: [], stop };
    },
  };
}

async function connectByUrl({ url, ports }: Server, via: Via): Promise<Connected> {
  const store = await connectStore(throughEach(url, ports, via));
  await store.setup?.();
  return { store, end: () => store.close?.() };
}

function throughEach(url: string, ports: readonly number[], via: Via): string {
  return ports.reduce((through, port) => through.replace(`:${port}`, `:${via(port)}`), url);
}

function connectIoredis(options: { maxRetriesPerRequest: number }): Client["connect"] {
  return async ({ url, ports }, via) =>
    fromIoredis(new Redis(throughEach(url, ports, via), { ...options, retryStrategy: soon }));
}

async function connectIoredisCluster({ ports }: Server, via: Via): Promise<Connected> {
  const nodes = ports.map((port) => address(via(port)));
  return fromIoredis(new Cluster(nodes, { natMap: addresses(ports, via), clusterRetryStrategy: soon }));
}

async function connectIoredisSentinel({ ports, sentinels }: Server, via: Via): Promise<Connected> {
  const natMap = addresses(ports, via);
  const options = { sentinels: sentinels.map(address), name: "main", natMap, retryStrategy: soon };
  return fromIoredis(new Redis(options));
}

async function connectRedisCluster({ ports }: Server, via: Via): Promise<Connected> {
  const rootNodes = ports.map((port) => ({ socket: address(via(port)) }));
  return fromRedis(createCluster({ rootNodes, nodeAddressMap: addresses(ports, via) }));
}

function connectRedisSentinel(options: { maxCommandRediscovers: number }): Client["connect"] {
  return async ({ ports, sentinels }, via) => {
    const sentinelRootNodes = sentinels.map(address);
    const nodeAddressMap = { ...addresses(ports, via), ...addresses(sentinels, (port) => port) };
    return fromRedis(createSentinel({ ...options, name: "main", sentinelRootNodes, nodeAddressMap }));
  };
}

interface Lossy {
  on(event: "error", listener: () => void): unknown;
}

/** What is lost, the store's calls tell. */
function ignoreLosses(client: Lossy): void {
  client.on("error", () => {});
}

function fromIoredis(client: RedisClient & Lossy & { disconnect(): void }): Connected {
  ignoreLosses(client);
  return { store: redisStore({ client }), end: () => client.disconnect() };
}

async function fromRedis(
  client: RedisClient & Lossy & { connect(): Promise<unknown>; destroy(): unknown },
): Promise<Connected> {
  ignoreLosses(client);
  await client.connect();
  return { store: redisStore({ client }), end: () => client.destroy() };
}

function soon(): number {
  return 20;
}

function address(port: number): { host: string; port: number } {
  return { host: "127.0.0.1", port };
}

function addresses(ports: readonly number[], via: Via): Record<string, { host: string; port: number }> {
  return Object.fromEntries(ports.map((port) => [`127.0.0.1:${port}`, address(via(port))]));
}
