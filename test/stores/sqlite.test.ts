import { mkdtemp, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SqliteStoreOptions, sqliteStore } from "../../src/stores/sqlite.ts";
import { testStore } from "../../src/testing/store.ts";

let folder = "";
let files = 0;
const newFile = () => join(folder, `${files++}.sqlite`);
const hour = () => ({ expiresAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 7_200_000) });
const payload = Uint8Array.of(1, 2, 3);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-sqlite-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("in a file", () => testStore({ describe, it: it.concurrent, create: () => sqliteStore({ file: newFile() }) }));
describe("in memory", () =>
  testStore({ describe, it: it.concurrent, create: () => sqliteStore({ file: ":memory:", table: "other" }) }));

describe("options", () => {
  it.each(["", "a\0b", "file:a.sqlite", 1 as unknown as string, undefined as unknown as string])(
    "refuses file %j",
    (file) => {
      expect(() => sqliteStore({ file })).toThrow(/^file: /);
      expect(() => sqliteStore({ file })).toThrow(TypeError);
    },
  );

  it("says what it takes, and what to do with a URL", () => {
    const make = (options: unknown) => () => sqliteStore(options as SqliteStoreOptions);
    expect(make(undefined)).toThrow(/^sqliteStore: takes \{ file: [^;]*$/);
    expect(make("sessions.sqlite")).toThrow(/^sqliteStore: takes \{ file: [^;]*$/);
    expect(make("sqlite:sessions.sqlite")).toThrow(
      /^sqliteStore: takes \{ file: .*; for a URL there is await connectStore/,
    );
  });

  it.each(["", "a b", "a;drop", "1a", "ä", null as unknown as string])("refuses table %j", (table) => {
    expect(() => sqliteStore({ file: ":memory:", table })).toThrow(/^table: /);
    expect(() => sqliteStore({ file: ":memory:", table })).toThrow(TypeError);
  });
});

describe("the file", () => {
  it("is opened on first use, readable by its owner only, and in WAL mode", async () => {
    const file = newFile();
    const store = sqliteStore({ file });
    await expect(stat(file)).rejects.toThrow("ENOENT");
    await store.create("a", payload, hour());
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(`${file}-wal`)).mode & 0o777).toBe(0o600);
    await store.close?.();
  });

  it("is shared by two stores, and kept between them", async () => {
    const file = newFile();
    const [one, two] = [sqliteStore({ file }), sqliteStore({ file })];
    await Promise.all([one.setup?.(), two.setup?.()]);
    await one.create("a", payload, { ...hour(), subject: "ann" });
    expect((await two.read("a"))?.payload).toEqual(payload);
    await Promise.all([one.close?.(), two.close?.()]);
    const three = sqliteStore({ file });
    expect((await three.read("a"))?.payload).toEqual(payload);
    await three.close?.();
  });

  it("that can't be opened is an error, and is tried again", async () => {
    const inside = join(folder, "later");
    const store = sqliteStore({ file: join(inside, "a.sqlite") });
    await expect(store.read("a")).rejects.toThrow("ENOENT");
    await import("node:fs/promises").then(({ mkdir }) => mkdir(inside));
    expect(await store.read("a")).toBeUndefined();
    await store.close?.();
  });

  it("that is no database is an error", async () => {
    const store = sqliteStore({ file: new URL(import.meta.url).pathname });
    await expect(store.read("a")).rejects.toThrow("not a database");
  });
});

describe("another's lock", () => {
  it("is waited for, while the event loop goes on", async () => {
    const file = newFile();
    const store = sqliteStore({ file });
    await store.create("a", payload, hour());
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const write = store.delete("a");
    let turns = 0;
    for (; turns < 5; turns++) await sleep(5);
    expect((await store.read("a"))?.payload).toEqual(payload);
    other.exec("COMMIT");
    other.close();
    expect(await write).toBe(true);
    expect(turns).toBe(5);
    await store.close?.();
  });

  it("that stays rejects with SQLite's error", async () => {
    const file = newFile();
    const store = sqliteStore({ file });
    await store.create("a", payload, hour());
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(store.delete("a")).rejects.toThrow("database is locked");
    other.exec("ROLLBACK");
    other.close();
    expect(await store.delete("a")).toBe(true);
    await store.close?.();
  });
});

it("removes what has expired within a minute, and without being asked", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const file = newFile();
  const store = sqliteStore({ file });
  for (let count = 0; count < 1200; count++)
    await store.create(`old${count}`, payload, { ...hour(), expiresAt: new Date() });
  await store.create("new", payload, hour());
  const database = new DatabaseSync(file);
  const left = () => database.prepare("SELECT id FROM sessions WHERE id > ''").all().length;
  expect(left()).toBe(1201);
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  await expect.poll(left).toBe(1);
  database.close();
  await store.close?.();
});

it("uses an index for each statement", async () => {
  const file = newFile();
  await sqliteStore({ file }).setup?.();
  const database = new DatabaseSync(file);
  const plan = (where: string) => database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM sessions WHERE ${where}`).all();
  for (const where of [
    "id = 'a'",
    "expires <= 1 ORDER BY expires LIMIT 1",
    "subject = 'a' AND id > 'b' ORDER BY id LIMIT 1",
  ]) {
    expect(plan(where).map((row) => row["detail"])).toEqual([
      expect.stringMatching(/^SEARCH .* USING (COVERING )?INDEX/),
    ]);
  }
  database.close();
});

it("is required by CommonJS", () => {
  const require = createRequire(import.meta.url);
  expect(require("../../src/stores/sqlite.ts")).toHaveProperty("sqliteStore");
});
