import { spawnSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type SqlDriver, type SqlStoreOptions, sqlSetup, sqlStore } from "../../src/stores/sql.ts";

const payload = Uint8Array.of(1, 2, 3);
const later = (life = 3_600_000) => ({
  expiresAt: new Date(Date.now() + life),
  endsAt: new Date(Date.now() + 2 * life),
});
const memory = () => new DatabaseSync(":memory:");

/** A driver of the application's own, whose calls `before` sees first. */
function driverOf(database: DatabaseSync, before: (statement: string) => void = () => {}): SqlDriver {
  return {
    dialect: "sqlite",
    rows: async (statement, values) => {
      before(statement);
      return database.prepare(statement).all(...values);
    },
    change: async (statement, values) => {
      before(statement);
      return Number(database.prepare(statement).run(...values).changes);
    },
  };
}

describe("options", () => {
  const sqlite = memory();
  const refused: Record<string, [options: object, message: RegExp]> = {
    "no client": [{}, /^pg, mysql2, sqlite, kysely, knex, drizzle, prisma, typeorm, driver: exactly one of them$/],
    "two clients": [{ sqlite, driver: driverOf(sqlite) }, /^pg, .*, driver: exactly one of them$/],
    "a connection string": [{ pg: "postgres://localhost" }, /^pg: a Pool or a Client/],
    "the module in the place of its pool": [{ mysql2: {} }, /^mysql2: a pool or a connection/],
    "a path": [{ sqlite: "sessions.sqlite" }, /^sqlite: a DatabaseSync/],
    "a transaction of Kysely": [{ kysely: { executeQuery() {}, isTransaction: true } }, /^kysely: .*no transaction/],
    "a transaction of Knex": [
      { knex: Object.assign(() => {}, { raw() {}, isTransaction: true }) },
      /^knex: .*no transaction/,
    ],
    "a transaction of Drizzle": [{ drizzle: { execute() {}, rollback() {} } }, /^drizzle: .*no transaction/],
    "a transaction of Prisma": [{ prisma: { $queryRawUnsafe() {} } }, /^prisma: .*no transaction/],
    "an entity manager of TypeORM": [{ typeorm: { query() {} } }, /^typeorm: a DataSource/],
    "half a driver": [{ driver: { dialect: "sqlite", rows() {} } }, /^driver: .*SqlDriver/],
    "a driver without a dialect": [{ driver: { ...driverOf(sqlite), dialect: "oracle" } }, /^driver: .*SqlDriver/],
    "a dialect that there isn't": [{ sqlite, dialect: "oracle" }, /^dialect: "postgres", "mysql" or "sqlite"/],
    "a dialect that isn't the client's": [{ sqlite, dialect: "mysql" }, /^dialect: that of sqlite, "sqlite"/],
    "a toolkit whose dialect can't be told": [
      { knex: Object.assign(() => {}, { raw() {}, client: { dialect: "mssql" } }) },
      /^dialect: .*can't be told/,
    ],
    "a table with a quote": [{ sqlite, table: 'a"b' }, /^table: /],
    "a table of 51 letters": [{ sqlite, table: "a".repeat(51) }, /^table: /],
    "a schema with a dot": [{ sqlite, schema: "a.b" }, /^schema: /],
    "no time between prunings": [{ sqlite, pruneEvery: 0 }, /^pruneEvery: /],
  };
  it.each(Object.entries(refused))("refuses %s", (_name, [options, message]) => {
    expect(() => sqlStore(options as SqlStoreOptions)).toThrow(message);
    expect(() => sqlStore(options as SqlStoreOptions)).toThrow(TypeError);
  });

  it("takes names that are words of SQL, and tells upper from lower case where the database does", async () => {
    const database = memory();
    const store = sqlStore({ sqlite: database, table: "Select", schema: "main", createTable: true });
    await store.create("a", payload, later());
    expect(database.prepare('SELECT id FROM main."Select"').all()).toEqual([{ id: "a" }]);
  });
});

describe("the table", () => {
  it("that is missing is an error that says how to make it", async () => {
    const store = sqlStore({ sqlite: memory(), table: "mine" });
    for (const call of [store.read("a"), store.create("a", payload, later()), store.prune?.(new Date())]) {
      await expect(call).rejects.toThrow(/no table "mine".*`await store\.setup\(\)`.*`createTable: true`.*sqlSetup/);
    }
    await store.setup?.();
    expect(await store.create("a", payload, later())).toBe("ok");
  });

  it("is made by the statements that sqlSetup returns", async () => {
    const sqlite = memory();
    sqlite.exec(sqlSetup({ dialect: "sqlite", table: "mine" }));
    expect(await sqlStore({ sqlite, table: "mine" }).create("a", payload, later())).toBe("ok");
    expect(sqlSetup({ dialect: "postgres", schema: "app" })).toBe(`CREATE TABLE IF NOT EXISTS "app"."sessions" (
  id BYTEA NOT NULL PRIMARY KEY, data BYTEA NOT NULL, expires BIGINT NOT NULL, subject BYTEA);
CREATE INDEX IF NOT EXISTS "sessions_expires" ON "app"."sessions" (expires);
CREATE INDEX IF NOT EXISTS "sessions_subject" ON "app"."sessions" (subject, id) WHERE subject IS NOT NULL;
`);
    expect(() => sqlSetup({ dialect: "oracle" as "mysql" })).toThrow(/^dialect: /);
    expect(() => sqlSetup({ dialect: "mysql", table: "a b" })).toThrow(/^table: /);
  });

  it("that is lost while it is used is made again, where that was asked for", async () => {
    const sqlite = memory();
    const store = sqlStore({ sqlite, createTable: true });
    await store.create("a", payload, later());
    sqlite.exec("DROP TABLE sessions");
    expect(await store.read("a")).toBeUndefined();
  });
});

describe("faults", () => {
  it.each(["40001", "40P01", 1213, 1205])("%s is waited out", async (code) => {
    let left = 3;
    const driver = driverOf(memory(), (statement) => {
      if (statement.startsWith("UPDATE") && left-- > 0) throw Object.assign(new Error("again, please"), { code });
    });
    const store = sqlStore({ driver, createTable: true });
    await store.create("a", payload, later());
    expect(await store.replace("a", Uint8Array.of(4), payload, later())).toBe("ok");
    expect(left).toBe(-1);
  });

  it("that don't go away are thrown, without what a toolkit adds", async () => {
    const cause = Object.assign(new Error("disk full"), { code: "53100", detail: "secret" });
    const driver = driverOf(memory(), () => {
      throw Object.assign(new Error("Failed query: … params: secret"), { cause, params: ["secret"] });
    });
    const error = await sqlStore({ driver })
      .read("a")
      .catch((reason: unknown) => reason);
    expect(error).toEqual(Object.assign(new Error("disk full"), { code: "53100" }));
    expect(Object.keys(error as object)).toEqual(["code"]);
  });

  it("an answer that can't be one is a fault", async () => {
    const driver = (answer: unknown) => ({ dialect: "mysql", rows: async () => answer, change: async () => answer });
    for (const answer of [undefined, null, {}, [7], [{}], [{ data: "text", expires: 1 }], "1", Number.NaN, -1, 0.5]) {
      const store = sqlStore({ driver: driver(answer) as unknown as SqlDriver });
      if (answer !== "1") {
        await expect(store.delete("a")).rejects.toThrow("The database's client answered");
        await expect(store.create("a", payload, later())).rejects.toThrow("The database's client answered");
      }
      await expect(store.read("a")).rejects.toThrow("The database's client answered");
    }
  });

  it("a payload that the smallest of the databases can't hold is refused by all", async () => {
    const store = sqlStore({ sqlite: memory(), createTable: true });
    await expect(store.create("a", new Uint8Array(2 ** 24), later())).rejects.toThrow("16777215 are the most");
    expect(await store.read("a")).toBeUndefined();
  });
});

describe("pruning in the background", () => {
  const stores: { close?(): Promise<void> }[] = [];
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const store of stores.splice(0)) await store.close?.();
  });

  /** A process's store on a database that all share; `prunings`: when it pruned. */
  function pruning(database: DatabaseSync, pruneEvery: number, before: (statement: string) => void = () => {}) {
    const prunings: number[] = [];
    const driver = driverOf(database, (statement) => {
      before(statement);
      if (/^DELETE.*ORDER BY expires/s.test(statement)) prunings.push(performance.now());
    });
    const store = sqlStore({ driver, createTable: true, pruneEvery });
    stores.push(store);
    return { store, prunings };
  }

  it("removes what has expired, and nothing else", async () => {
    const database = memory();
    const { store } = pruning(database, 0.05);
    await store.create("old", payload, later(20));
    await store.create("new", payload, later());
    const left = () =>
      database
        .prepare("SELECT id FROM sessions WHERE id > '' ORDER BY id")
        .all()
        .map((row) => row["id"]);
    expect(left()).toEqual(["new", "old"]);
    await expect.poll(left).toEqual(["new"]);
    expect(await store.read("new")).toBeDefined();
  });

  it("is done by one process at a time", async () => {
    const database = memory();
    const processes = Array.from({ length: 5 }, () => pruning(database, 0.2));
    for (const [index, { store }] of processes.entries()) await store.create(`a${index}`, payload, later());
    const all = () => processes.flatMap(({ prunings }) => prunings);
    await expect.poll(() => all().length).toBeGreaterThanOrEqual(3);
    const times = all().sort((one, other) => one - other);
    for (const [index, time] of times.entries()) expect(time - (times[index - 1] ?? 0)).toBeGreaterThan(150);
  });

  it("is taken over from a process that has ended", async () => {
    const database = memory();
    const [first, second] = [pruning(database, 0.05), pruning(database, 0.05)];
    await first.store.create("a", payload, later());
    await expect.poll(() => first.prunings.length).toBeGreaterThan(0);
    await first.store.close?.();
    await second.store.create("b", payload, later());
    await expect.poll(() => second.prunings.length).toBeGreaterThan(0);
  });

  it("doesn't wait for a lease that is longer than its own: of a rarer pruning, or a clock that is ahead", async () => {
    const database = memory();
    const processes = [pruning(database, 0.2), pruning(database, 0.2)];
    const forever = Date.now() + 9_000_000;
    await sqlStore({ sqlite: database, createTable: true, pruneEvery: false }).setup?.();
    database.prepare("INSERT INTO sessions VALUES ('', x'', ?, NULL)").run(forever);
    for (const [index, { store }] of processes.entries()) await store.create(`a${index}`, payload, later());
    const prunings = () => processes.flatMap((each) => each.prunings);
    await expect.poll(() => prunings().length).toBeGreaterThanOrEqual(1);
    const [lease] = database.prepare("SELECT expires FROM sessions WHERE id = ''").all();
    expect(lease?.["expires"]).toBeLessThan(Date.now() + 200);
  });

  it("keeps its lease where no call sees it", async () => {
    const database = memory();
    const { store, prunings } = pruning(database, 0.05);
    await store.create("a", payload, { ...later(), subject: "ann" });
    await expect.poll(() => prunings.length).toBeGreaterThan(0);
    await store.close?.();
    expect(database.prepare("SELECT length(id) AS size FROM sessions ORDER BY id").all()).toEqual([
      { size: 0 },
      { size: 1 },
    ]);
    const another = sqlStore({ sqlite: database, pruneEvery: false });
    for (const filter of [{}, { subject: "ann" }]) {
      const ids: string[] = [];
      for await (const { id } of another.list?.(filter) ?? []) ids.push(id);
      expect(ids).toEqual(["a"]);
    }
    expect(await another.prune?.(new Date(Date.now() + 1_000_000))).toBe(0);
  });

  it("that fails is a warning, and is tried again", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    let isDown = true;
    const { store, prunings } = pruning(memory(), 0.05, (statement) => {
      if (isDown && /^DELETE.*ORDER BY expires/s.test(statement)) throw new Error("the server is down");
    });
    await store.create("a", payload, later());
    await expect
      .poll(() => warn.mock.calls.flat().join())
      .toContain("could not be removed, and are tried again later: the server is down");
    isDown = false;
    await expect.poll(() => prunings.length).toBeGreaterThan(0);
  });

  it("doesn't begin where it wasn't asked for, and ends with close", async () => {
    const database = memory();
    const { store, prunings } = pruning(database, 0.05);
    await store.create("a", payload, later());
    await store.close?.();
    await sqlStore({ driver: driverOf(database), pruneEvery: false }).create("b", payload, later(10));
    await sleep(150);
    expect(prunings).toEqual([]);
    expect(database.prepare("SELECT id FROM sessions").all()).toHaveLength(2);
  });

  it("keeps no process alive", () => {
    const script = `
      const { sqlStore } = await import(${JSON.stringify(new URL("../../src/stores/sql.ts", import.meta.url).href)});
      const { DatabaseSync } = await import("node:sqlite");
      const store = sqlStore({ sqlite: new DatabaseSync(":memory:"), createTable: true });
      const end = new Date(Date.now() + 1000);
      await store.create("a", new Uint8Array(), { expiresAt: end, endsAt: end });
      console.log("created");`;
    const args = ["--no-warnings", "--input-type=module", "-e", script];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 10_000 });
    expect({ stdout, status }).toEqual({ stdout: "created\n", status: 0 });
  });
});
