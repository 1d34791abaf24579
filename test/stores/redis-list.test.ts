/** Listing in Redis: what it costs, and what it does where a server isn't what its client takes it for. */
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../scripts/services/lib/until.ts";
import { ask, hasRedis, startRedis, startRedisServer } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { ListFilter, Store } from "../../src/store.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { startProxy } from "../lib/proxy.ts";

const HOUR = 3_600_000;
const later = (subject?: string) => ({
  expiresAt: new Date(Date.now() + HOUR),
  endsAt: new Date(Date.now() + 2 * HOUR),
  ...(subject === undefined ? {} : { subject }),
});

let server: Service;
beforeAll(async () => {
  if (hasRedis) server = await startRedis();
});
afterAll(() => server?.stop());

async function idsOf(store: Store, filter: ListFilter): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of store.list?.(filter) ?? []) ids.push(id);
  return ids;
}

/** How often the server was asked for a script meanwhile. */
async function scriptsOf(work: () => Promise<unknown>): Promise<number> {
  const calls = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await ask(server.url, ["INFO", "all"]))?.[1] ?? 0);
  const before = await calls();
  await work();
  return (await calls()) - before;
}

describe.skipIf(!hasRedis)("a list", () => {
  const connected = async (prefix: string) => {
    const client = await createClient({ url: server.url }).connect();
    onTestFinished(() => client.destroy());
    return { client, store: redisStore({ client, prefix }) };
  };

  it("asks for a hundred sessions at a time", async () => {
    const { store } = await connected("hundred:");
    for (let count = 0; count < 250; count++) await store.create(`id${count}`, Uint8Array.of(1), later("ann"));
    await idsOf(store, { subject: "ann" });
    expect(await scriptsOf(async () => expect(await idsOf(store, { subject: "ann" })).toHaveLength(250))).toBe(3);
    expect(await scriptsOf(() => idsOf(store, { subject: "ann", limit: 5 }))).toBe(1);
  });

  it("soon passes over sessions that are gone, whatever its limit", async () => {
    const { client, store } = await connected("gone:");
    for (let count = 100; count < 400; count++) await store.create(`id${count}`, Uint8Array.of(1), later("ann"));
    for (let count = 100; count < 399; count++) await client.del(`gone:id${count}`);
    expect(
      await scriptsOf(async () => expect(await idsOf(store, { subject: "ann", limit: 1 })).toEqual(["id399"])),
    ).toBe(9);
  });

  it("takes large sessions a few at a time, so that no other request waits for long", async () => {
    const { store } = await connected("large:");
    const large = new Uint8Array(700_000).fill(7);
    for (const id of ["a", "b", "c", "d", "e"]) await store.create(id, large, later("ann"));
    const sizes: number[] = [];
    const list = async () => {
      for await (const { payload } of store.list?.({ subject: "ann" }) ?? []) sizes.push(payload.length);
    };
    expect(await scriptsOf(list)).toBe(3);
    expect(sizes).toEqual(Array(5).fill(large.length));
  });

  it("is asked for again by ioredis, where the connection was lost before the answer came", async () => {
    const proxy = await startProxy(server.port);
    onTestFinished(() => proxy.stop());
    const client = new Redis(proxy.url(server.url), { retryStrategy: () => 10 });
    client.on("error", () => {});
    onTestFinished(() => client.disconnect());
    const store = redisStore({ client, prefix: "again:" });
    await store.create("a", Uint8Array.of(1), later("ann"));
    expect(await idsOf(store, { subject: "ann" })).toEqual(["a"]);
    let seen = 0;
    await proxy.set({ cut: (request) => request.includes("evalsha") && seen++ === 0 });
    expect(await idsOf(store, { subject: "ann" })).toEqual(["a"]);
    expect(proxy.cuts).toBe(1);
  });
});

describe.skipIf(!hasRedis)("a Cluster behind one address", () => {
  it.each(["redis", "ioredis"])("is listed all the same, by %s", async (make) => {
    const node = await startRedisServer({ settings: ['save ""', "cluster-enabled yes"] });
    onTestFinished(() => node.stop());
    await ask(node.url, ["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    await until("it serves", async () => (await ask(node.url, ["CLUSTER", "INFO"])).includes("cluster_state:ok"));
    const clients = {
      redis: async () => {
        const client = await createClient({ url: node.url }).connect();
        onTestFinished(() => client.destroy());
        return client;
      },
      ioredis: async () => {
        const client = new Redis(node.url);
        onTestFinished(() => client.disconnect());
        return client;
      },
    };
    const client = await clients[make as keyof typeof clients]();
    const store = redisStore({ client });
    for (const id of ["a", "b", "c"]) await store.create(id, Uint8Array.of(1), later("ann"));
    for (const filter of [{ subject: "ann" }, {}, { order: "any" } as const]) {
      expect((await idsOf(store, filter)).sort()).toEqual(["a", "b", "c"]);
    }
  });
});
