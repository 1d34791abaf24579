import { freePort } from "./lib/ports.ts";
import { until } from "./lib/until.ts";
import { ask, hasRedis, startRedisServer } from "./redis.ts";
import { type Service, together } from "./service.ts";

/** Whether this machine has Redis. With `CI=true` it must. */
export const hasRedisCluster: boolean = hasRedis;

export interface RedisCluster extends Service {
  /** Three masters; then the replica of each, in the same order. A failover swaps their parts. */
  nodes: Service[];
}

const SLOTS = 16_384;
const MASTERS = 3;
const NODES = 2 * MASTERS;
/** Milliseconds: while they find each other, a node that doesn't answer is given up soon. */
const NODE_TIMEOUT = 2000;

/**
 * Starts three masters that share the slots, with a replica each, which takes the part of one that hasn't answered for
 * `patience` milliseconds: where nothing is to fail, a busy machine must not look like a failure.
 */
export async function startRedisCluster({ patience = 30_000 }: { patience?: number } = {}): Promise<RedisCluster> {
  const buses = await Promise.all(Array.from({ length: NODES }, freePort));
  const nodes = await Promise.all(buses.map(startNode));
  const masters = nodes.slice(0, MASTERS);
  const replicas = nodes.slice(MASTERS);
  await Promise.all(nodes.map(({ url }, index) => ask(url, ["CLUSTER", "SET-CONFIG-EPOCH", String(index + 1)])));
  await Promise.all(masters.map(({ url }, index) => ask(url, ["CLUSTER", "ADDSLOTS", ...slotsOf(index)])));
  await introduce(nodes, buses);
  await Promise.all(replicas.map((replica, index) => follow(replica, masters[index])));
  await Promise.all(nodes.map(({ url }) => until("the Cluster serves", () => says(url, "cluster_state:ok"))));
  await Promise.all(nodes.map(({ url }) => ask(url, ["CONFIG", "SET", "cluster-node-timeout", String(patience)])));
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
  return { ...together(`redis+cluster://${hosts.join(",")}`, nodes), nodes };
}

async function startNode(bus: number): Promise<Service> {
  const cluster = ["cluster-enabled yes", `cluster-port ${bus}`, `cluster-node-timeout ${NODE_TIMEOUT}`];
  return startRedisServer({ settings: ['save ""', "repl-diskless-sync-delay 0", ...cluster] });
}

/** A handshake that takes longer than the timeout of a node is given up: on a busy machine it takes another. */
async function introduce(nodes: Service[], buses: number[]): Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  await until("all nodes know each other", async () => {
    if (performance.now() - last > NODE_TIMEOUT) {
      last = performance.now();
      const addresses = nodes.map(({ port }, index) => ["127.0.0.1", String(port), String(buses[index])]);
      await Promise.all(
        nodes.map(async ({ url }) => {
          for (const address of addresses) await ask(url, ["CLUSTER", "MEET", ...address]);
        }),
      );
    }
    const known = await Promise.all(nodes.map(({ url }) => says(url, `known_nodes:${NODES}`)));
    return known.every(Boolean);
  });
}

function slotsOf(master: number): string[] {
  const first = Math.ceil((SLOTS * master) / MASTERS);
  const end = Math.ceil((SLOTS * (master + 1)) / MASTERS);
  return Array.from({ length: end - first }, (_, slot) => String(first + slot));
}

async function follow(replica: Service, master: Service | undefined): Promise<void> {
  const id = await ask(master?.url ?? "", ["CLUSTER", "MYID"]);
  await ask(replica.url, ["CLUSTER", "REPLICATE", id]);
  const isLinked = async () => (await ask(replica.url, ["INFO", "replication"])).includes("master_link_status:up");
  await until("a replica follows its master", isLinked);
}

async function says(url: string, line: string): Promise<boolean> {
  return (await ask(url, ["CLUSTER", "INFO"])).includes(line);
}
