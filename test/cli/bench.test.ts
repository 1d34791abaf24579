import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import { meaningOf } from "../../src/cli/bench/meaning.ts";
import { measure } from "../../src/cli/bench/measure.ts";
import type { Result } from "../../src/cli/bench/run.ts";
import { connectStore } from "../../src/stores/index.ts";
import { invoke } from "./lib/invoke.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-bench-test-"));
});
afterAll(() => rm(folder, { recursive: true }));
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function bench(url: string, kinds: string[]): Promise<void> {
  const { code, stdout, stderr } = await invoke(["bench", "--json", "--seconds", "1", "--store", url]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { results, meaning, sessionBytes } = JSON.parse(stdout) as {
    results: Result[];
    meaning: string[];
    sessionBytes: number;
  };
  expect(results.map(({ kind, at }) => `${kind} ${at}`)).toEqual(
    [1, 16, 64].flatMap((at) => kinds.map((kind) => `${kind} ${at}`)),
  );
  for (const { perSecond, median, p99 } of results) {
    expect(perSecond).toBeGreaterThan(1);
    expect(median).toBeLessThanOrEqual(p99);
  }
  expect(meaning.join(" ")).toMatch(/With 16 requests at once: about [\d,]+ requests a second/);
  expect(sessionBytes).toBeGreaterThan(400);
}

const ALL = ["new", "read", "write", "list"];

describe("measures, and leaves nothing behind", () => {
  it("in SQLite", async () => {
    const file = join(folder, "shop.db");
    const own = await connectStore(`sqlite:${file}`);
    const soon = new Date(Date.now() + 60_000);
    await own.create("mine", Uint8Array.of(1), { expiresAt: soon, endsAt: soon });
    await bench(`sqlite:${file}`, ALL);
    expect(await own.read("mine")).toBeDefined();
    await own.close?.();
    const database = new DatabaseSync(file);
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    expect(tables).toEqual([{ name: "sessions" }]);
    database.close();
  });

  it("in files", async () => {
    await bench(`file:${join(folder, "shop")}`, ALL);
    expect((await readdir(folder)).filter((name) => name.includes("bench"))).toEqual([]);
  });

  it.skipIf(!hasRedis)("in Redis", async () => {
    const server = await startRedis();
    ends.push(() => server.stop());
    const client = await createClient({ url: server.url }).connect();
    await client.set("session:mine", "1");
    await bench(`${server.url}?prefix=session:`, ALL);
    expect(await client.keys("*")).toEqual(["session:mine"]);
    client.destroy();
  });

  it.skipIf(!hasPostgres)("in PostgreSQL", { timeout: 30_000 }, async () => {
    const server = await startPostgres();
    ends.push(() => server.stop());
    await bench(server.url, ALL);
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    await client.end();
    expect(rows).toEqual([]);
  });

  it.skipIf(!hasMemcached)("in Memcached, which can't list", async () => {
    const server = await startMemcached();
    ends.push(() => server.stop());
    await bench(server.url, ["new", "read", "write"]);
  });

  it.skipIf(!hasRedis)("also after Ctrl-C", async () => {
    const server = await startRedis();
    ends.push(() => server.stop());
    const client = await createClient({ url: server.url }).connect();
    const interruption = new AbortController();
    const running = invoke(["bench", "--store", server.url], { signal: interruption.signal });
    await expect.poll(() => client.dbSize()).toBeGreaterThan(10);
    const start = performance.now();
    interruption.abort(130);
    expect(await running).toMatchObject({ code: 130, stdout: "", stderr: "Interrupted, and removed.\n" });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(await client.dbSize()).toBe(0);
    client.destroy();
  });
});

it("a worker that fails ends all of them before anything is removed", async () => {
  let working = 0;
  const work = async (worker: number) => {
    working++;
    await new Promise((resolve) => setTimeout(resolve, worker));
    working--;
    if (worker === 2) throw new Error("full");
  };
  await expect(measure(16, 5000, new AbortController().signal, work)).rejects.toThrow("full");
  expect(working).toBe(0);
});

it("says whose limit it was", () => {
  const result = (busy: number): Result => ({ kind: "read", at: 16, perSecond: 1234, min: 1, median: 2, p99: 3, busy });
  expect(meaningOf([result(0.99)]).join()).toContain("its processor was at its limit");
  expect(meaningOf([result(0.3)]).join()).not.toContain("at its limit");
});

it("needs a store that is there", async () => {
  expect((await invoke(["bench"])).code).toBe(2);
  expect((await invoke(["bench", "--store", "redis://127.0.0.1:1"])).code).toBe(1);
  expect((await invoke(["bench", "--store", "memory:", "--seconds", "0"])).code).toBe(2);
});
