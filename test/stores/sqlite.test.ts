import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sqliteStore } from "../../src/stores/sqlite.ts";
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

/** Creates and replaces one session after the other, deletes every second one, and tells of each step once it's done. */
const WRITER = `
const { sqliteStore } = await import(process.argv[1]);
const store = sqliteStore({ file: process.argv[2] });
const later = new Date(Date.now() + 3_600_000);
const meta = { expiresAt: later, endsAt: later };
const encode = (text) => new TextEncoder().encode(text.repeat(50));
const tell = (id, step) => process.stdout.write(id + " " + step + "\\n");
for (let count = 0; ; count++) {
  const id = process.pid + (count % 2 ? "-kept-" : "-deleted-") + count;
  await store.create(id, encode(id), meta);
  tell(id, 0);
  const { version } = await store.read(id);
  if ((await store.replace(id, encode(id + "!"), version, meta)) === "ok") tell(id, 1);
  if (count % 2 === 0 && (await store.delete(id))) tell(id, 2);
}`;

/** What can be read of a session after each of its steps. */
function life(id: string): (string | undefined)[] {
  const stored = [id.repeat(50), `${id}!`.repeat(50)];
  return id.includes("deleted") ? [...stored, undefined] : stored;
}

it("loses nothing acknowledged to kill -9", async () => {
  const file = newFile();
  const module = new URL("../../src/stores/sqlite.ts", import.meta.url).href;
  /** The last step told of each session. */
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < 3; round++) {
    const writers = [0, 1].map(() =>
      spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", WRITER, module, file], {
        stdio: ["ignore", "pipe", "inherit"],
      }),
    );
    for (const writer of writers) {
      let output = "";
      writer.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
      writer.once("close", () => {
        for (const line of output.split("\n").slice(0, -1)) {
          const [id = "", step] = line.split(" ");
          acknowledged.set(id, Number(step));
        }
      });
    }
    await Promise.all(writers.map((writer) => once(writer.stdout, "data")));
    await sleep(50 + Math.random() * 50);
    const closed = writers.map((writer) => once(writer, "close"));
    for (const writer of writers) writer.kill("SIGKILL");
    await Promise.all(closed);
    const store = sqliteStore({ file });
    for (const [id, step] of acknowledged) {
      const found = await store.read(id);
      // The next step may have been done, and not told of any more.
      expect(life(id).slice(step)).toContain(found && new TextDecoder().decode(found.payload));
    }
    await store.close?.();
  }
  expect(new Set(acknowledged.values())).toContain(1);
  expect(new Set(acknowledged.values())).toContain(2);
});
