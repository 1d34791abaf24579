import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { expect, it } from "vitest";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Store } from "../../src/store.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";

const WORKERS = 4;
const ROUNDS = 50;
const COUNTERS = ["counter0", "counter1"];
const DOOMED = ["doomed0", "doomed1"];
const WORKER = new URL("storm-worker.ts", import.meta.url).pathname;

async function storm(store: Store, kind: string, place: string): Promise<void> {
  const later = new Date(Date.now() + 3_600_000);
  for (const id of [...COUNTERS, ...DOOMED]) {
    await store.create(id, new TextEncoder().encode("0"), { expiresAt: later, endsAt: later });
  }
  const workers = Array.from({ length: WORKERS }, () => {
    const args = ["--no-warnings", WORKER, kind, place, String(ROUNDS), ...COUNTERS, ...DOOMED];
    const worker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const output = worker.stdout.setEncoding("utf8").toArray();
    return { started: once(worker.stdout, "readable"), output };
  });
  await Promise.all(workers.map(({ started }) => started));
  for (const id of DOOMED) {
    await sleep(20);
    expect(await store.delete(id)).toBe(true);
    expect(await store.read(id)).toBeUndefined();
  }
  const counts = await Promise.all(
    workers.map(
      async ({ output }) => JSON.parse((await output).join("").split("\n")[1] ?? "") as Record<string, number>,
    ),
  );
  for (const id of COUNTERS) {
    const found = await store.read(id);
    expect(counts.map((count) => count[id])).toEqual(Array(WORKERS).fill(ROUNDS));
    expect(new TextDecoder().decode(found?.payload)).toBe(String(WORKERS * ROUNDS));
  }
  for (const id of DOOMED) expect(await store.read(id)).toBeUndefined();
}

it("SQLite: four processes lose no update, and revive nothing", { timeout: 20_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "dewar-storm-"));
  const file = join(folder, "storm.sqlite");
  const store = sqliteStore({ file });
  await storm(store, "sqlite", file);
  await store.close?.();
  await rm(folder, { recursive: true });
});

it.skipIf(!hasRedis)("Redis: four processes lose no update, and revive nothing", { timeout: 20_000 }, async () => {
  const server = await startRedis();
  const client = await createClient({ url: server.url }).connect();
  await storm(redisStore({ client }), "redis", server.url);
  client.destroy();
  await server.stop();
});
