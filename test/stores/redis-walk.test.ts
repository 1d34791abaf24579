import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { Store } from "../../src/store.ts";
import type { RedisClient } from "../../src/stores/lib/redis-driver.ts";
import { redisStore } from "../../src/stores/redis.ts";

const COUNT = 3000;

/** In any order, a page costs by its size: what an operator looks at among a million sessions. */
describe.skipIf(!hasRedis).each(["redis", "ioredis"])("a listing in any order, by %s", (make) => {
  let server: Service;
  let client: RedisClient;
  let store: Store;
  let end: () => void;
  let prefixes = 0;

  beforeAll(async () => {
    server = await startRedis();
    if (make === "redis") {
      const own = await createClient({ url: server.url }).connect();
      [client, end] = [own, () => own.destroy()];
    } else {
      const own = new Redis(server.url, { keyPrefix: "app[1]:" });
      [client, end] = [own, () => own.disconnect()];
    }
  });

  afterAll(async () => {
    end();
    await server.stop();
  });

  beforeEach(async () => {
    const prefix = `${prefixes++}:*[x]?:`;
    store = redisStore({ client, prefix });
    await create(store, COUNT);
    // Others in the same database, and lists of users, are no sessions.
    await create(redisStore({ client, prefix: "other:" }), 500, "ann");
  });

  async function create(where: Store, count: number, subject?: string): Promise<void> {
    const meta = { expiresAt: new Date(Date.now() + 60_000), endsAt: new Date(Date.now() + 60_000) };
    const whose = subject === undefined ? {} : { subject };
    const ids = Array.from({ length: count }, () =>
      Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url"),
    );
    await Promise.all(ids.map((id) => where.create(id, Uint8Array.of(1), { ...meta, ...whose })));
  }

  async function page(limit: number, after?: string): Promise<{ ids: string[]; last: string | undefined }> {
    const ids: string[] = [];
    let last: string | undefined;
    for await (const { id, cursor } of list({ limit, order: "any", ...(after !== undefined && { after }) })) {
      ids.push(id);
      last = cursor;
    }
    return { ids, last };
  }

  const list = (filter: Parameters<Required<Store>["list"]>[0]) => (store as Required<Store>).list(filter);

  async function pages(limit: number, between: () => Promise<void> = async () => {}): Promise<string[]> {
    const all: string[] = [];
    for (let after: string | undefined; ; ) {
      const { ids, last } = await page(limit, after);
      all.push(...ids);
      if (ids.length < limit) return all;
      after = last;
      await between();
    }
  }

  it("is all there is, each once, whatever the size of a page", async () => {
    const whole: string[] = [];
    for await (const { id } of list({ order: "any" })) whole.push(id);
    expect(new Set(whole).size).toBe(COUNT);
    for (const limit of [7, 51, 1000]) expect(await pages(limit)).toEqual(whole);
  });

  it("goes on where it was while others come and go", async () => {
    const before = await pages(1000);
    const gone = new Set<string>();
    const seen = await pages(100, async () => {
      await create(store, 5);
      const [ended] = before.filter((id) => !gone.has(id));
      await store.delete(ended ?? "");
      gone.add(ended ?? "");
    });
    const found = new Set(seen);
    expect(before.filter((id) => !found.has(id) && !gone.has(id))).toEqual([]);
  });

  it("misses none while Redis doubles its table, and puts the rest of a reply in another order", async () => {
    for (let walk = 0; walk < 20; walk++) {
      await ask(server.url, ["FLUSHALL"]);
      await create(store, 40);
      const before = await pages(1000);
      let growth = 10;
      const seen = new Set(
        await pages(7, async () => {
          if (growth > 1000) return;
          await create(store, growth);
          growth *= 2;
        }),
      );
      expect(before.filter((id) => !seen.has(id))).toEqual([]);
    }
  });

  it("starts where its last session was, though that has ended", async () => {
    const { ids, last } = await page(30);
    await store.delete(ids.at(-1) ?? "");
    const rest = await page(COUNT, last);
    expect(new Set([...ids, ...rest.ids]).size).toBe(COUNT);
  });

  it("tells about how many there are", async () => {
    const { count, sampled } = (await store.estimate?.()) ?? { count: 0, sampled: 0 };
    expect(sampled).toBeLessThanOrEqual(COUNT);
    expect(Math.abs(count / COUNT - 1)).toBeLessThan(0.2);
  });

  it("refuses a cursor that isn't its own", async () => {
    await expect(page(10, "nonsense")).rejects.toThrow("cursor");
  });
});
