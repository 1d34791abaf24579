import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasMariadb, startMariadb } from "../../scripts/services/mariadb.ts";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import { hasMongodb, startMongodb } from "../../scripts/services/mongodb.ts";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import { hasRedis, startRedisServer } from "../../scripts/services/redis.ts";
import { hasRedisCluster, startRedisCluster } from "../../scripts/services/redis-cluster.ts";
import type { Finding } from "../../src/cli/ping/finding.ts";
import { timesOf } from "../../src/cli/ping/times.ts";
import { invoke } from "./lib/invoke.ts";

interface Pinged {
  code: number;
  stderr: string;
  version: string;
  milliseconds: { min: number; median: number; p99: number } | null;
  /** `ok`, `warning` or `danger`, by what it is about. */
  levels: Record<string, string>;
  findings: Finding[];
}

async function ping(url: string, ...args: string[]): Promise<Pinged> {
  const { code, stdout, stderr } = await invoke(["ping", "--json", "--store", url, ...args]);
  const document = stdout === "" ? {} : JSON.parse(stdout);
  const findings: Finding[] = document.findings ?? [];
  for (const { level, advice } of findings) expect(advice === undefined).toBe(level === "ok");
  return { ...document, code, stderr, levels: Object.fromEntries(findings.map(({ what, level }) => [what, level])) };
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-ping-"));
});
afterAll(() => rm(folder, { recursive: true }));
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe.skipIf(!hasRedis)("Redis", () => {
  const start = async (...settings: string[]) => {
    const server = await startRedisServer({ settings });
    ends.push(() => server.stop());
    return server;
  };

  it("that keeps sessions: times, version, nothing to do", async () => {
    const server = await start("appendonly yes", "maxmemory-policy noeviction", "maxmemory 100mb");
    const found = await ping(server.url, "--strict");
    expect(found).toMatchObject({ code: 0, version: expect.stringMatching(/^Redis \d/) });
    expect(found.milliseconds?.min).toBeGreaterThan(0);
    expect(found.milliseconds?.p99).toBeGreaterThanOrEqual(found.milliseconds?.median ?? Number.NaN);
    expect(new Set(Object.values(found.levels))).toEqual(new Set(["ok"]));
  });

  it("that evicts, has evicted, and keeps nothing on disk", async () => {
    const server = await start('save ""', "maxmemory-policy allkeys-lru", "maxmemory 3mb");
    const client = await createClient({ url: server.url }).connect();
    for (let index = 0; index < 300; index++) await client.set(`k${index}`, "x".repeat(20_000));
    client.destroy();
    const found = await ping(server.url);
    expect(found).toMatchObject({
      code: 0,
      levels: { "maxmemory-policy": "danger", evicted_keys: "danger", persistence: "danger" },
    });
    expect(found.findings.find(({ what }) => what === "maxmemory-policy")).toMatchObject({ is: "allkeys-lru" });
    expect((await ping(server.url, "--strict")).code).toBe(3);
  });

  it("with snapshots alone, and with a policy but no limit yet", async () => {
    const server = await start("save 900 1", "maxmemory-policy volatile-ttl");
    expect((await ping(server.url)).levels).toMatchObject({ persistence: "warning", "maxmemory-policy": "warning" });
  });

  it("a replica", async () => {
    const master = await start('save ""');
    const replica = await start('save ""', `replicaof 127.0.0.1 ${master.port}`);
    expect((await ping(replica.url)).levels).toMatchObject({ role: "danger" });
  });

  it("that doesn't let its settings be asked for: a warning, not a failure", async () => {
    const server = await start('save ""', "user guest on >guest ~* +@read +ping +hello +client");
    const found = await ping(`redis://guest:guest@127.0.0.1:${server.port}`);
    expect(found.code).toBe(0);
    expect(Object.values(found.levels)).toContain("warning");
    expect(JSON.stringify(found)).not.toContain("guest:guest");
  });

  it("that isn't there", async () => {
    const server = await start('save ""');
    await server.stop();
    const found = await ping(server.url);
    expect(found).toMatchObject({ code: 1, stderr: expect.stringContaining("Can't connect to Redis") });
  });

  it.skipIf(!hasRedisCluster)("a Cluster: each of its masters", { timeout: 60_000 }, async () => {
    const cluster = await startRedisCluster();
    ends.push(() => cluster.stop());
    const found = await ping(cluster.url);
    expect(found.version).toMatch(/Cluster, \d masters/);
    expect(found.levels).toMatchObject({ "persistence (all)": "danger", "maxmemory-policy (all)": "ok" });
    expect(Object.keys(found.levels).filter((what) => what.startsWith("persistence"))).toHaveLength(1);
  });
});

describe("SQL", () => {
  it.skipIf(!hasPostgres)("PostgreSQL: a missing table, a missing index, settings", { timeout: 60_000 }, async () => {
    const server = await startPostgres();
    ends.push(() => server.stop());
    const missing = await ping(server.url);
    expect(missing).toMatchObject({
      code: 1,
      levels: { "table sessions": "danger", reading: "danger", fsync: "danger" },
    });
    expect(missing.version).toMatch(/^PostgreSQL \d/);

    const setup = async () => (await invoke(["setup", "--store", server.url])).stdout;
    expect(await setup()).toContain(
      "made the table sessions, the index on id, the index on expires, the index on subject",
    );
    expect(await setup()).toContain("has all it needs already");
    expect((await ping(server.url)).levels).toMatchObject({ "table sessions": "ok", indexes: "ok" });

    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query("DROP INDEX sessions_subject; ALTER TABLE sessions SET UNLOGGED");
    await client.end();
    const found = await ping(`${server.url}?options=-c%20synchronous_commit%3Doff`);
    expect(found.findings.filter(({ level }) => level !== "ok").map(({ what }) => what)).toEqual([
      "index on subject",
      "fsync",
      "synchronous_commit",
      "table sessions",
    ]);
    expect(await setup()).toContain("made the index on subject");
  });

  it.skipIf(!hasMariadb)("MariaDB: the same", { timeout: 60_000 }, async () => {
    const server = await startMariadb();
    ends.push(() => server.stop());
    expect(await ping(server.url)).toMatchObject({ code: 1, levels: { "table sessions": "danger" } });
    expect((await invoke(["setup", "--store", server.url])).code).toBe(0);
    const found = await ping(server.url);
    expect(found).toMatchObject({ code: 0, version: expect.stringMatching(/^MariaDB 1/) });
    expect(found.levels).toMatchObject({
      "table sessions": "ok",
      indexes: "ok",
      innodb_flush_log_at_trx_commit: "warning",
      read_only: "ok",
    });
    // A table that is there isn't changed, so what it lacks has to be said.
    const { createConnection } = await import("mysql2/promise");
    const connection = await createConnection(server.url);
    await connection.query("ALTER TABLE sessions DROP INDEX sessions_subject");
    await connection.end();
    expect((await ping(server.url)).levels).toMatchObject({ "index on subject": "warning" });
    const { code, stderr } = await invoke(["setup", "--store", server.url]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("the index on subject: still missing"),
    });
  });

  it("SQLite: where nothing is, nothing is made by looking; rights", async () => {
    const file = join(folder, "sessions.db");
    expect(await ping(`sqlite:${file}`)).toMatchObject({ code: 1, stderr: expect.stringContaining("dewar setup") });
    expect((await invoke(["setup", "--json", "--store", `sqlite:${file}`])).stdout).toContain(JSON.stringify(file));
    const found = await ping(`sqlite:${file}`);
    expect(found).toMatchObject({ code: 0, levels: { "table sessions": "ok", indexes: "ok", journal_mode: "ok" } });
    await chmod(file, 0o644);
    expect((await ping(`sqlite:${file}`)).levels).toMatchObject({ "the file, rights": "danger" });
  });
});

it("files: rights and room", async () => {
  const dir = join(folder, "files");
  expect((await ping(`file:${dir}`)).code).toBe(1);
  expect((await invoke(["setup", "--store", `file:${dir}`])).stdout).toContain(`made ${dir}`);
  expect((await ping(`file:${dir}`)).levels).toMatchObject({ "the directory, rights": "ok", disk: expect.any(String) });
  await chmod(dir, 0o750);
  expect((await ping(`file:${dir}`)).levels).toMatchObject({ "the directory, rights": "warning" });
});

it.skipIf(!hasMongodb)("MongoDB: indexes", { timeout: 60_000 }, async () => {
  const server = await startMongodb();
  ends.push(() => server.stop());
  expect((await ping(server.url)).levels).toMatchObject({ "collection sessions": "warning" });
  expect((await invoke(["setup", "--store", server.url])).stdout).toContain("made the collection sessions");
  const found = await ping(server.url);
  expect(found).toMatchObject({ code: 0, version: expect.stringMatching(/^MongoDB \d/) });
  expect(found.levels).toMatchObject({ "index on id": "ok", "index on subject": "ok" });
});

it("by a configuration: the store alone", async () => {
  const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const configured = async (name: string) => {
    const cwd = await mkdtemp(join(folder, name));
    const text = `import { createSessionManager } from ${source("index.ts")};
      import { sqliteStore } from ${source("stores/sqlite.ts")};
      export default createSessionManager({ store: sqliteStore({ file: ${JSON.stringify(join(cwd, "config.db"))} }) });`;
    await writeFile(join(cwd, "dewar.config.ts"), text);
    return { cwd };
  };
  const { code, stdout } = await invoke(["ping", "--json"], await configured("ping"));
  const document = { code, ...JSON.parse(stdout) };
  expect(document).toMatchObject({ code: 0, store: "dewar.config.ts", findings: [{ what: "settings" }] });
  expect((await invoke(["setup"], await configured("setup"))).stdout).toBe("dewar.config.ts has all it needs.\n");
});

it.skipIf(!hasMemcached)("Memcached: it is a cache, and tells what it evicts", async () => {
  const server = await startMemcached();
  ends.push(() => server.stop());
  const found = await ping(server.url);
  expect(found).toMatchObject({ code: 0, version: expect.stringMatching(/^Memcached 1\./) });
  expect(found.levels).toMatchObject({ persistence: "warning", evictions: "ok", memory: "ok", "item size (-I)": "ok" });
  expect((await invoke(["setup", "--store", server.url])).stdout).toContain("needs no preparation");
});

it("prints lines for a pipe, and knows what it can't look at", async () => {
  const { stdout, code } = await invoke(["ping", "--store", "memory:"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^memory: \(memory\)\n50 reads, one after the other: min \d.*\nwarning\tpersistence\tnone\tSessions/,
  );
  expect((await invoke(["ping"], { cwd: folder })).code).toBe(2);
});

it("times are ranks among what was measured", () => {
  const times = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(timesOf(times)).toEqual({ min: 1, median: 51, p99: 100 });
  expect(timesOf([7])).toEqual({ min: 7, median: 7, p99: 7 });
});
