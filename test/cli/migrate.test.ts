import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import { createSessionManager, type SessionManager, type Store } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { invoke } from "./lib/invoke.ts";

const SECRET = "a secret for the tokens, of 32 characters or more";

let folder = "";
let redis: Service | undefined;
let postgres: Service | undefined;
let memcached: Service | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-migrate-"));
  [redis, postgres, memcached] = await Promise.all([
    hasRedis ? startRedis() : undefined,
    hasPostgres ? startPostgres() : undefined,
    hasMemcached ? startMemcached() : undefined,
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([redis, postgres, memcached].map((service) => service?.stop()));
  await rm(folder, { recursive: true });
});

let places = 0;
const newFile = () => `sqlite:${join(folder, `${places++}.db`)}`;

async function migrate(...args: string[]) {
  const { code, stdout, stderr } = await invoke(["migrate", "--json", "--yes", ...args]);
  return { code, stderr, ...(stdout === "" ? {} : JSON.parse(stdout)) };
}

async function open<T>(url: string, use: (store: Store, manager: SessionManager) => Promise<T>): Promise<T> {
  const store = await connectStore(url);
  await store.setup?.();
  const manager = createSessionManager({ store, secret: SECRET });
  try {
    return await use(store, manager);
  } finally {
    await manager.close();
  }
}

/** Cookies of so many visitors; every third is signed in. */
async function visitors(manager: SessionManager, number: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: number }, async (_, index) => {
      const session = await manager.open(undefined);
      if (index % 3 === 0) session.login(`user-${index}`);
      Object.assign(session.data, { index });
      const headers = await manager.commit(session);
      return headers.find(([name]) => name === "Set-Cookie")?.[1].split(";")[0] ?? "";
    }),
  );
}

async function expectVisitors(manager: SessionManager, cookies: string[]): Promise<void> {
  for (const [index, cookie] of cookies.entries()) {
    const session = await manager.open(cookie);
    expect(session.data).toEqual({ index });
    expect(session.subject).toBe(index % 3 === 0 ? `user-${index}` : undefined);
  }
}

const ways: [name: string, available: boolean, from: () => string, to: () => string][] = [
  ["SQLite to Redis", hasRedis, newFile, () => `${redis?.url}?prefix=a:`],
  ["Redis to SQLite", hasRedis, () => `${redis?.url}?prefix=b:`, newFile],
  ["Redis to PostgreSQL", hasRedis && hasPostgres, () => `${redis?.url}?prefix=c:`, () => postgres?.url ?? ""],
  ["PostgreSQL to files", hasPostgres, () => `${postgres?.url}?table=visits`, () => `file:${join(folder, "files")}`],
  ["files to SQLite", true, () => `file:${join(folder, "others")}`, newFile],
];

describe("from any store to any other", () => {
  it.each(ways.filter(([, available]) => available))("%s", { timeout: 30_000 }, async (_name, _available, from, to) => {
    const [source, target] = [from(), to()];
    const cookies = await open(source, async (store, manager) => {
      const made = await visitors(manager, 60);
      const past = new Date(Date.now() + 1);
      await store.create("x".repeat(43), Buffer.from("{}"), { expiresAt: past, endsAt: past });
      await new Promise((resolve) => setTimeout(resolve, 20));
      return made;
    });

    const tried = await migrate("--from", source, "--to", target, "--dry-run");
    if (tried.code === 0) expect(tried).toMatchObject({ seen: 60, copied: 60, target: null });
    else expect(tried.stderr).toContain('has no table "sessions"');

    expect(await migrate("--from", source, "--to", target)).toMatchObject({
      code: 0,
      seen: 60,
      copied: 60,
      target: 60,
    });
    expect(await migrate("--from", source, "--to", target)).toMatchObject({
      code: 0,
      copied: 0,
      there: 60,
      target: 60,
    });
    await open(target, async (_store, manager) => {
      await expectVisitors(manager, cookies);
      // By user, for who signs out everywhere.
      expect(await manager.revokeAll("user-3")).toBe(1);
      expect((await manager.open(cookies[3])).isNew).toBe(true);
    });
  });

  it.skipIf(!hasMemcached)("to Memcached, which can't be counted; not from it", async () => {
    const source = newFile();
    const target = memcached?.url ?? "";
    const cookies = await open(source, (_, manager) => visitors(manager, 9));
    expect(await migrate("--from", source, "--to", target)).toMatchObject({ code: 0, copied: 9, target: null });
    await open(target, (_, manager) => expectVisitors(manager, cookies));
    const back = await migrate("--from", target, "--to", newFile());
    expect(back).toMatchObject({ code: 2 });
    expect(back.stderr).toContain("can't list");
  });

  it("the ends are those that they had", async () => {
    const [source, target] = [newFile(), newFile()];
    await open(source, (_, manager) => visitors(manager, 3));
    await migrate("--from", source, "--to", target);
    const ends = (url: string) =>
      open(url, async (store) => {
        const found: unknown[] = [];
        for await (const { id, expiresAt, subject } of store.list?.({}) ?? []) found.push([id, expiresAt, subject]);
        return found;
      });
    expect(await ends(target)).toEqual(await ends(source));
  });
});

describe("a second pass", () => {
  it("leaves what is there, unless it is --again: changed, ended and new ones follow", async () => {
    const [source, target] = [newFile(), newFile()];
    const [kept = "", changed = "", out = ""] = await open(source, (_, manager) => visitors(manager, 3));
    expect(await migrate("--from", source, "--to", target)).toMatchObject({ copied: 3 });
    await open(source, async (_, manager) => {
      const session = await manager.open(changed);
      Object.assign(session.data, { index: "changed" });
      await manager.commit(session);
      const leaving = await manager.open(out);
      leaving.destroy();
      await manager.commit(leaving);
      await visitors(manager, 1);
    });
    expect(await migrate("--from", source, "--to", target)).toMatchObject({ copied: 1, there: 2, updated: 0 });
    const read = (cookie: string) => open(target, async (_, manager) => ({ ...(await manager.open(cookie)).data }));
    expect(await read(changed)).toEqual({ index: 1 });

    const again = ["--from", source, "--to", target, "--again"];
    expect(await migrate(...again, "--dry-run")).toMatchObject({ code: 0, updated: 1, there: 2 });
    expect(await read(changed)).toEqual({ index: 1 });
    expect(await migrate(...again)).toMatchObject({ code: 0, updated: 1, there: 2, endedAtTarget: 1, target: 3 });
    expect(await read(changed)).toEqual({ index: "changed" });
    expect(await read(kept)).toEqual({ index: 0 });
    expect(await read(out)).toEqual({});
  });

  it.skipIf(!hasRedis)("ends nothing of another application, whose prefix begins with this one", async () => {
    const source = newFile();
    const target = `${redis?.url}?prefix=two:`;
    await open(source, (_, manager) => visitors(manager, 2));
    const cookies = await open(`${target}admin:`, (_, manager) => visitors(manager, 3));
    await open(target, (_, manager) => visitors(manager, 1));
    const found = await migrate("--from", source, "--to", target, "--again");
    expect(found).toMatchObject({ code: 0, copied: 2, endedAtTarget: 1, target: 2 });
    await open(`${target}admin:`, (_, manager) => expectVisitors(manager, cookies));
  });

  it("asks first", async () => {
    const source = newFile();
    await open(source, (_, manager) => visitors(manager, 1));
    const { code, stderr } = await invoke(["migrate", "--from", source, "--to", newFile(), "--again"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--yes");
  });
});

it.skipIf(!hasRedis)("what it can't tell the user of isn't moved, and named by its reason", async () => {
  const source = `${redis?.url}?prefix=odd:`;
  const soon = { expiresAt: new Date(Date.now() + 60_000), endsAt: new Date(Date.now() + 60_000) };
  await open(source, async (store, manager) => {
    await visitors(manager, 2);
    await store.create("y".repeat(43), Uint8Array.of(1, 2, 3), soon);
    await store.create("an-id-of-another", Buffer.from("{}"), soon);
  });
  const found = await migrate("--from", source, "--to", newFile());
  expect(found).toMatchObject({ code: 3, seen: 4, copied: 2, notMoved: 2, target: 2 });
  expect(Object.keys(found.notMovedBy).join()).toMatch(/an id that isn't dewar's/);
  expect(Object.keys(found.notMovedBy).join()).toMatch(/another format/);
});

it.skipIf(!hasMemcached)("what is too large for the target is named, and the others are moved", async () => {
  const source = newFile();
  await open(source, async (store, manager) => {
    await visitors(manager, 3);
    const soon = { expiresAt: new Date(Date.now() + 60_000), endsAt: new Date(Date.now() + 60_000) };
    const large = Buffer.from(`{"a":"${"x".repeat(2 ** 21)}","_permanent":true,"_created":${Date.now()}}`);
    await store.create("z".repeat(43), large, soon);
  });
  const found = await migrate("--from", source, "--to", `${memcached?.url}?prefix=large:`);
  expect(found).toMatchObject({ code: 3, copied: 3, notMoved: 1 });
  expect(Object.keys(found.notMovedBy).join()).toContain("refused by the target");
});

it("Ctrl-C ends after what is under way; the same command goes on", async () => {
  const [source, target] = [newFile(), newFile()];
  await open(source, (_, manager) => visitors(manager, 500));
  const interruption = new AbortController();
  const args = ["migrate", "--from", source, "--to", target];
  const watch = setInterval(() => existsSync(target.slice("sqlite:".length)) && interruption.abort(130), 1);
  const running = invoke(args, { signal: interruption.signal }).finally(() => clearInterval(watch));
  const { code, stderr } = await running;
  expect(code).toBe(130);
  expect(stderr).toMatch(/^(Interrupted: .* goes on\.\n)?$/);
  expect(await migrate(...args.slice(1))).toMatchObject({ code: 0, seen: 500, target: 500 });
});

it("a wrong command line", async () => {
  for (const args of [[], ["--from", "memory:"], ["--from", "memory:", "--to", "memory:"], ["--to", "memory:"]]) {
    expect((await invoke(["migrate", ...args])).code).toBe(2);
  }
  const refused = await invoke(["migrate", "--from", "memory:", "--to", newFile(), "--remove"]);
  expect(refused).toMatchObject({ code: 2 });
  const source = newFile();
  await open(source, async () => {});
  const gone = await invoke(["migrate", "--from", source, "--to", "redis://:hush@127.0.0.1:1"]);
  expect(gone.code).toBe(1);
  expect(gone.stderr).not.toContain("hush");
});
