import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { Store } from "../../src/store.ts";
import { cached } from "../../src/stores/cached.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqlStore } from "../../src/stores/sql.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { testStore } from "../../src/testing/store.ts";
import { bytes, delegate, hour, seconds, text, watched } from "./lib/cached.ts";
import { newPgPool } from "./lib/pg-pool.ts";

/** Seconds. */
const FOR = 0.3;

describe("memory before SQLite", () =>
  testStore({
    describe,
    it: it.concurrent,
    sessions: 1000,
    create: () => cached({ cache: memoryStore(), store: sqliteStore({ file: ":memory:" }), for: FOR }),
  }));

describe("memory before a store that doesn't say when sessions end", () =>
  testStore({
    describe,
    it: it.concurrent,
    sessions: 1000,
    create: () => {
      const behind = memoryStore();
      const silent: Store = {
        ...delegate(behind),
        async read(...args) {
          const found = await behind.read(...args);
          return found && { payload: found.payload, version: found.version, renewed: found.renewed };
        },
      };
      return cached({ cache: memoryStore(), store: silent, for: FOR });
    },
  }));

describe.skipIf(!hasRedis || !hasPostgres)("Redis before PostgreSQL", () => {
  let redis: Service;
  let postgres: Service;
  let client: ReturnType<typeof createClient>;
  let pg: ReturnType<typeof newPgPool>;
  let stores = 0;
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    client = createClient({ url: redis.url });
    await client.connect();
    pg = newPgPool({ connectionString: postgres.url });
  }, 60_000);
  afterAll(async () => {
    client?.destroy();
    await pg?.end();
    await Promise.all([redis?.stop(), postgres?.stop()]);
  });

  testStore({
    describe,
    it: it.concurrent,
    sessions: 1000,
    create: () => {
      const name = `s${stores++}`;
      const cache = redisStore({ client, prefix: `${name}:` });
      return cached({ cache, store: sqlStore({ pg, table: name, createTable: true }), for: FOR, timeout: 1 });
    },
  });
});

describe("reading", () => {
  it("asks the store once in `for` seconds", async () => {
    const { store, seen } = watched(memoryStore());
    const front = cached({ cache: memoryStore(), store, for: FOR });
    await store.create("a", bytes("1"), hour());
    for (let reads = 0; reads < 20; reads++) expect(text(await front.read("a"))).toBe("1");
    expect(seen.reads).toBe(1);
    await sleep(FOR * 1000 + 20);
    expect(text(await front.read("a"))).toBe("1");
    expect(seen.reads).toBe(2);
  });

  it("knows what was written here without asking", async () => {
    const { store, seen } = watched(memoryStore());
    const front = cached({ cache: memoryStore(), store, for: "5s" });
    await front.create("a", bytes("1"), hour());
    const first = await front.read("a");
    expect(text(first)).toBe("1");
    await front.replace("a", bytes("2"), first?.version, hour());
    expect(text(await front.read("a"))).toBe("2");
    expect(seen.reads).toBe(0);
  });

  it("asks the store when renewal is due, and not before", async () => {
    const { store, seen } = watched(memoryStore());
    const front = cached({ cache: memoryStore(), store, for: "5s" });
    await front.create("a", bytes("1"), { expiresAt: seconds(100), endsAt: seconds(3600) });
    expect((await front.read("a", { ifBefore: seconds(90), expiresAt: seconds(100) }))?.renewed).toBe(false);
    expect(seen.reads).toBe(0);
    const renewal = { ifBefore: seconds(110), expiresAt: seconds(120) };
    expect((await front.read("a", renewal))?.renewed).toBe(true);
    expect(seen.reads).toBe(1);
    const again = await front.read("a", renewal);
    expect([again?.renewed, again?.expiresAt]).toEqual([false, renewal.expiresAt]);
    expect(seen.reads).toBe(1);
  });

  it("never says of an expired session that it lives", async () => {
    const front = cached({ cache: memoryStore(), store: memoryStore(), for: "5s" });
    await front.create("a", bytes("1"), { expiresAt: seconds(0.1), endsAt: seconds(0.1) });
    expect(text(await front.read("a"))).toBe("1");
    await sleep(120);
    expect(await front.read("a")).toBeUndefined();
  });

  it("hands out versions that replace, and only what was read", async () => {
    const front = cached({ cache: memoryStore(), store: memoryStore(), for: "5s" });
    await front.create("a", bytes("1"), hour());
    const [one, other] = [await front.read("a"), await front.read("a")];
    expect(await front.replace("a", bytes("2"), one?.version, hour())).toBe("ok");
    expect(await front.replace("a", bytes("3"), other?.version, hour())).toBe("conflict");
    expect(text(await front.read("a"))).toBe("2");
  });

  it("works before a store whose versions are tokens of its own: the first write after a cached read is a conflict", async () => {
    const behind = memoryStore();
    const opaque: Store = {
      ...delegate(behind),
      async read(id, renewal) {
        const found = await behind.read(id, renewal);
        return found && { ...found, version: { token: found.version } };
      },
      replace: async (id, payload, version, meta) =>
        behind.replace(id, payload, (version as { token?: unknown }).token, meta),
    };
    const front = cached({ cache: memoryStore(), store: opaque, for: "5s" });
    await front.create("a", bytes("1"), hour());
    expect(await front.replace("a", bytes("2"), (await front.read("a"))?.version, hour())).toBe("conflict");
    expect(await front.replace("a", bytes("2"), (await front.read("a"))?.version, hour())).toBe("ok");
    expect(text(await front.read("a"))).toBe("2");
  });
});

describe("options", () => {
  const store = memoryStore();
  it.each([
    ["store", { cache: store, store: undefined }],
    ["cache", { cache: {}, store }],
    ["cache", { cache: store, store }],
    ["for", { cache: memoryStore(), store, for: 0 }],
    ["for", { cache: memoryStore(), store, for: "soon" }],
    ["timeout", { cache: memoryStore(), store, timeout: -1 }],
    ["onError", { cache: memoryStore(), store, onError: "log" }],
  ])("refuses a wrong %s", (option, options) => {
    const make = () => cached({ for: "5s", ...options } as unknown as Parameters<typeof cached>[0]);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(new RegExp(`^${option}: `));
  });

  it("has the methods that the store has, and closes both", async () => {
    const [cache, durable] = [sqliteStore({ file: ":memory:" }), sqliteStore({ file: ":memory:" })];
    const front = cached({ cache, store: durable, for: "5s" });
    await front.setup?.();
    expect(await front.prune?.(new Date())).toBe(0);
    await front.create("a", bytes("1"), hour());
    await front.close?.();
    await front.close?.();
    for (const part of [front, cache, durable]) await expect(part.read("a")).rejects.toThrow("closed");
    const { create, read, replace, delete: remove } = delegate(memoryStore());
    const least = { create, read, replace, delete: remove };
    expect(Object.keys(cached({ cache: { ...least }, store: least, for: "5s" }))).toEqual(Object.keys(least));
  });
});
