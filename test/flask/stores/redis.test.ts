import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasRedis, startRedis } from "../../../scripts/services/redis.ts";
import type { Service } from "../../../scripts/services/service.ts";
import { unindexed } from "../../../src/flask/stores/unindexed.ts";
import { redisStore } from "../../../src/stores/redis.ts";
import { testStore } from "../../../src/testing/store.ts";
import { listed, OF_FLASK } from "./lib/layout.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.skipIf(!hasRedis)("Redis, as Flask-Session lays it out", () => {
  let server: Service;
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    server = await startRedis();
    client = createClient({ url: server.url });
    await client.connect();
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });
  let prefixes = 0;
  const create = () => unindexed(redisStore({ client, prefix: `s${prefixes++}:` }));
  testStore({
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    subjects: false,
    without: ["prune"],
    sessions: 1000,
  });

  it("holds a string for each session and nothing else, Flask-Session's among them", async () => {
    await client.flushAll();
    const store = unindexed(redisStore({ client }));
    const hour = { expiresAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 7_200_000) };
    expect(await store.create("ours", Uint8Array.of(1), { ...hour, subject: "ann" })).toBe("ok");
    await client.set("session:theirs", Buffer.from(OF_FLASK), { expiration: { type: "EX", value: 2_678_400 } });
    expect((await client.keys("*")).sort()).toEqual(["session:ours", "session:theirs"]);
    expect(await client.ttl("session:ours")).toBeGreaterThan(3590);
    expect(Buffer.from((await store.read("theirs"))?.payload ?? [])).toEqual(OF_FLASK);
    expect((await listed(store, { subject: "ann" })).sort()).toEqual(["ours", "theirs"]);
  });
});
