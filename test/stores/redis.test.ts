import { Redis } from "ioredis";
import { Redis as Redis5 } from "ioredis5";
import { createClient, createClientPool } from "redis";
import { createClient as createClient5 } from "redis5";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { RedisClient } from "../../src/stores/lib/redis-driver.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { testStore } from "../../src/testing/store.ts";
import { faulty } from "./lib/faulty.ts";

const HOUR = 3_600_000;
const payload = Uint8Array.of(1, 2, 3);
const later = (subject?: string, life = HOUR) => ({
  expiresAt: new Date(Date.now() + life),
  endsAt: new Date(Date.now() + 2 * life),
  ...(subject === undefined ? {} : { subject }),
});

let prefixes = 0;
const newPrefix = () => `${prefixes++}:*[x]?\\:`;

let server: Service;
beforeAll(async () => {
  if (hasRedis) server = await startRedis();
});
afterAll(() => server?.stop());

/** Each make of client, as an application would set it up. */
const makes: Record<string, () => Promise<{ client: RedisClient; end: () => unknown }>> = {
  "redis 6": async () => {
    const client = await createClient({ url: server.url }).connect();
    return { client, end: () => client.destroy() };
  },
  "redis 6, a pool": async () => {
    const client = createClientPool({ url: server.url }, { minimum: 2, maximum: 4 });
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  "redis 6, RESP 2": async () => {
    const client = await createClient({ url: server.url, RESP: 2 }).connect();
    return { client, end: () => client.destroy() };
  },
  "redis 5": async () => {
    const client = await createClient5({ url: server.url }).connect();
    return { client, end: () => client.destroy() };
  },
  "ioredis 6": async () => {
    const client = new Redis(server.url);
    return { client, end: () => client.disconnect() };
  },
  "ioredis 6, pipelining, numbers as strings, a prefix": async () => {
    const options = { enableAutoPipelining: true, stringNumbers: true, keyPrefix: "app[1]:" };
    const client = new Redis(server.url, options);
    return { client, end: () => client.disconnect() };
  },
  "ioredis 6, RESP 3": async () => {
    const client = new Redis(server.url, { protocol: 3 });
    return { client, end: () => client.disconnect() };
  },
  "ioredis 5": async () => {
    const client = new Redis5(server.url);
    return { client, end: () => client.disconnect() };
  },
};

for (const [make, connect] of Object.entries(makes)) {
  describe.skipIf(!hasRedis)(make, () => {
    let connection: Awaited<ReturnType<typeof connect>>;
    beforeAll(async () => {
      connection = await connect();
    });
    afterAll(() => connection.end());
    const create = () => redisStore({ client: connection.client, prefix: newPrefix() });
    testStore({
      describe,
      it: it.concurrent,
      create,
      createPair: () => [create(), create()],
      createFaulty: (fault) =>
        redisStore({ client: faulty(connection.client, /^sendCommand$|Buffer$/, fault), prefix: newPrefix() }),
      without: ["prune"],
      sessions: make === "redis 6" ? 10_000 : 1_000,
    });
  });
}

describe.skipIf(!hasRedis)("redisStore", () => {
  const ends: (() => unknown)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  async function observer() {
    const client = await createClient({ url: server.url }).connect();
    ends.push(() => client.destroy());
    return client;
  }

  /** The commands that the server gets while `act` runs, without what the observer itself sends. */
  async function commandsOf(act: () => Promise<unknown>): Promise<string[]> {
    const control = await observer();
    const monitor = await observer();
    const seen: string[] = [];
    await monitor.monitor((line) => seen.push(String(line)));
    await act();
    await control.echo("the end");
    await expect.poll(() => seen.some((line) => line.includes("the end"))).toBe(true);
    const own = seen.filter((line) => !/ lua\]|"ECHO"|"HELLO"|"CLIENT"/i.test(line));
    return own.map((line) => /\] "(\w+)"/.exec(line)?.[1]?.toLowerCase() ?? line);
  }

  async function storeOf(make: string, prefix = newPrefix()) {
    const connect = makes[make];
    if (!connect) throw new Error(make);
    const { client, end } = await connect();
    ends.push(end);
    return redisStore({ client, prefix });
  }

  it.each(["redis 6", "redis 5", "ioredis 6", "ioredis 5"])("sends one command for a call, %s", async (make) => {
    const store = await storeOf(make);
    const dueSoon = { ifBefore: new Date(Date.now() + HOUR / 2), expiresAt: later().expiresAt };
    const due = { ifBefore: new Date(Date.now() + 2 * HOUR), expiresAt: new Date(Date.now() + 3 * HOUR) };
    await store.create("warm", payload, later());
    await store.read("warm", due);
    await store.replace("warm", payload, (await store.read("warm"))?.version, later());

    expect(await commandsOf(() => store.create("a", payload, later()))).toEqual(["set"]);
    expect(await commandsOf(() => store.create("b", payload, later("ann")))).toEqual(["eval", "set"]);
    expect(await commandsOf(() => store.read("a"))).toEqual(["get"]);
    expect(await commandsOf(() => store.read("a", dueSoon))).toEqual(["get"]);
    expect(await commandsOf(() => store.read("a", due))).toEqual(["evalsha"]);
    expect(await commandsOf(() => store.read("a", due))).toEqual(["get"]);
    const version = (await store.read("a"))?.version;
    expect(await commandsOf(() => store.replace("a", payload, version, later()))).toEqual(["evalsha"]);
    expect(await commandsOf(() => store.delete("a"))).toEqual(["del"]);
  });

  it("expires by the server's clock, whatever the process's says", async () => {
    const store = await storeOf("redis 6");
    const clock = settableClock(new Date(Date.now() - 24 * HOUR));
    try {
      await store.create("a", payload, later());
      clock.advance("2h");
      expect(await store.read("a")).toBeDefined();
      const [ifBefore, expiresAt] = [later(undefined, 2 * HOUR).expiresAt, later(undefined, 3 * HOUR).expiresAt];
      expect((await store.read("a", { ifBefore, expiresAt }))?.renewed).toBe(true);
    } finally {
      clock.restore();
    }
  });

  it("renews but once where another process asks for the same", async () => {
    const prefix = newPrefix();
    const [one, two] = [await storeOf("redis 6", prefix), await storeOf("ioredis 6", prefix)];
    await one.create("a", payload, later());
    const renewal = { ifBefore: new Date(Date.now() + 2 * HOUR), expiresAt: new Date(Date.now() + 3 * HOUR) };
    expect((await two.read("a", renewal))?.renewed).toBe(true);
    expect((await one.read("a", renewal))?.renewed).toBe(false);
  });

  it("goes on after the script cache was flushed", async () => {
    const control = await observer();
    for (const make of ["redis 6", "redis 5", "ioredis 6", "ioredis 5"]) {
      const store = await storeOf(make);
      await store.create("a", payload, later());
      await control.scriptFlush();
      const version = (await store.read("a"))?.version;
      expect(await store.replace("a", Uint8Array.of(9), version, later())).toBe("ok");
      await control.scriptFlush();
      const renewal = { ifBefore: new Date(Date.now() + 2 * HOUR), expiresAt: new Date(Date.now() + 3 * HOUR) };
      expect((await store.read("a", renewal))?.renewed).toBe(true);
      await control.scriptFlush();
      expect(await store.create("b", payload, later("ann"))).toBe("ok");
    }
  });

  it("keeps a subject's list until the furthest end, and drops from it what is past its own", async () => {
    const control = await observer();
    const prefix = "lists:";
    const store = await storeOf("redis 6", prefix);
    const list = `${prefix}§ann`;
    await control.zAdd(list, { score: Date.now() - 1, value: "past" });
    await store.create("long", payload, later("ann", 10 * HOUR));
    await store.create("short", payload, later("ann"));
    expect((await control.zRange(list, 0, -1)).sort()).toEqual(["long", "short"]);
    const left = await control.pTTL(list);
    expect(left).toBeGreaterThan(19 * HOUR);
    expect(left).toBeLessThanOrEqual(20 * HOUR + 60_000);
  });

  it("keeps an entry whose record isn't there", async () => {
    const control = await observer();
    const store = await storeOf("redis 6", "entries:");
    await store.create("a", payload, later("ann"));
    await control.del("entries:a");
    for await (const { id } of store.list?.({ subject: "ann" }) ?? []) throw new Error(id);
    expect(await control.zRange("entries:§ann", 0, -1)).toEqual(["a"]);
  });

  it.each(["redis 6", "redis 6, a pool", "ioredis 6"])(
    "leaves no record where the list can't be written, %s",
    async (make) => {
      const control = await observer();
      const store = await storeOf(make, "broken:");
      await control.set("broken:§ann", "no sorted set");
      await expect(store.create("a", payload, later("ann"))).rejects.toThrow("WRONGTYPE");
      expect(await store.read("a")).toBeUndefined();
      await control.del("broken:§ann");
    },
  );

  it("lists what another program wrote, and nothing that is no session", async () => {
    const control = await observer();
    const store = await storeOf("redis 6", "mixed:");
    await control.set("mixed:foreign", "bytes");
    await control.hSet("mixed:hash", "a", "b");
    await store.create("a", payload, later("ann"));
    const found: (Date | undefined)[] = [];
    const ids: string[] = [];
    for await (const { id, expiresAt } of store.list?.({}) ?? []) {
      ids.push(id);
      found.push(expiresAt);
    }
    expect(ids).toEqual(["a", "foreign"]);
    expect(found).toEqual([expect.any(Date), undefined]);
    const renewal = { ifBefore: later().expiresAt, expiresAt: later().expiresAt };
    expect(await store.read("foreign", renewal)).toMatchObject({ renewed: false });
    expect(await control.pTTL("mixed:foreign")).toBe(-1);
  });

  it("answers again after the server was stopped and started", { timeout: 20_000 }, async () => {
    const own = await startRedis({ appendonly: true });
    const node = createClient({ url: own.url });
    node.on("error", () => {});
    const io = new Redis(own.url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    io.on("error", () => {});
    await node.connect();
    const stores = [redisStore({ client: node }), redisStore({ client: io })];
    try {
      for (const [index, store] of stores.entries()) await store.create(`kept${index}`, payload, later());
      await own.kill();
      await expect(stores[1]?.read("kept1")).rejects.toThrow();
      await own.restart();
      for (const [index, store] of stores.entries()) {
        const found = await store.read(`kept${index}`);
        expect(found && [...found.payload]).toEqual([...payload]);
        expect(await store.replace(`kept${index}`, Uint8Array.of(9), found?.version, later())).toBe("ok");
      }
    } finally {
      node.destroy();
      io.disconnect();
      await own.stop();
    }
  });
});

describe("options", () => {
  const refuse = (client: unknown, message: RegExp) => {
    const make = () => redisStore({ client: client as RedisClient });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  };

  it.each([undefined, null, 1, "redis://localhost", {}, { get: () => "" }, { sendCommand: () => "", isOpen: true }])(
    "refuses client %j",
    (client) =>
      refuse(
        client,
        /^client: a client of `redis` \(5 or later\) or `ioredis` \(5 or later\)(, not a URL: .*| *, not a promise .*)?$/,
      ),
  );

  it("says what to do with a URL and a promise in place of a client", () => {
    refuse("redis://localhost", /not a URL: .*connectStore/);
    refuse(Promise.resolve(), /not a promise of one: await it/);
  });

  it("refuses clients that aren't connected", async () => {
    refuse(createClient(), /^client: .*connect/);
    refuse(createClient5(), /^client: .*connect/);
    const ended = new Redis({ lazyConnect: true });
    ended.disconnect();
    await expect.poll(() => ended.status).toBe("end");
    refuse(ended, /^client: .*closed/);
  });

  it.each([null, 1, Buffer.from("a")])("refuses prefix %j", (prefix) => {
    const client = new Redis({ lazyConnect: true });
    const make = () => redisStore({ client, prefix: prefix as unknown as string });
    expect(make).toThrow(new TypeError("prefix: a string, which stands before every key"));
  });
});
