import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sqliteDriver } from "../../src/stores/lib/sql/sqlite.ts";
import { sqlStatements } from "../../src/stores/lib/sql/statements.ts";
import { type SqlStoreOptions, sqlStore } from "../../src/stores/sql.ts";
import { testStore } from "../../src/testing/store.ts";
import { faulty } from "./lib/faulty.ts";
import { later, payload, testReadOnly } from "./lib/sql-traps.ts";

let tables = 0;
const newTable = () => `sessions_${tables++}`;

describe("node:sqlite", () => {
  const sqlite = new DatabaseSync(":memory:");
  const create = () => sqlStore({ sqlite, table: newTable(), createTable: true });
  testStore({
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    createFaulty: async (fault) => {
      const table = newTable();
      await sqlStore({ sqlite, table }).setup?.();
      // The client is synchronous: it can't hang, nor be late.
      return sqlStore({ driver: faulty(sqliteDriver(sqlite), /^(rows|change)$/, fault), table });
    },
  });
});

/** Its connection may be gone when it would prune. */
const open = (options: SqlStoreOptions) => sqlStore({ ...options, pruneEvery: false });

describe("SQLite", () => {
  testReadOnly(async () => {
    const sqlite = new DatabaseSync(":memory:");
    await open({ sqlite, createTable: true }).create("a", payload, later());
    sqlite.exec("PRAGMA query_only = 1");
    return { store: open({ sqlite }), message: /readonly database/ };
  });

  it("a transaction of the application's is waited for, never joined", async () => {
    const sqlite = new DatabaseSync(":memory:");
    const store = open({ sqlite, createTable: true });
    await store.create("a", payload, later());
    sqlite.exec("BEGIN");
    const ended = store.delete("a");
    await sleep(20);
    sqlite.exec("ROLLBACK");
    expect(await ended).toBe(true);
    expect(await store.read("a")).toBeUndefined();
    sqlite.exec("BEGIN");
    await expect(store.read("a")).rejects.toThrow(
      /^A transaction of the application's is open .* connection of its own/,
    );
  });

  it("the table can stand in a database that was attached", async () => {
    const sqlite = new DatabaseSync(":memory:");
    sqlite.exec("ATTACH ':memory:' AS other");
    const store = open({ sqlite, schema: "other" });
    await store.setup?.();
    await store.create("a", payload, later());
    const { rows } = {
      rows: sqlite.prepare("SELECT name FROM other.sqlite_schema WHERE name NOT LIKE 'sqlite%'").all(),
    };
    expect(rows.map((row) => row["name"])).toEqual(["sessions", "sessions_expires", "sessions_subject"]);
    expect(sqlite.prepare("SELECT count(*) AS count FROM main.sqlite_schema").get()).toEqual({ count: 0 });
  });

  it("each statement is prepared once", async () => {
    const sqlite = new DatabaseSync(":memory:");
    const prepared: string[] = [];
    const prepare = (statement: string) => {
      prepared.push(statement);
      return sqlite.prepare(statement);
    };
    const store = open({ sqlite: { prepare }, createTable: true });
    await store.setup?.();
    for (const id of ["a", "b", "c"]) {
      await store.create(id, payload, later());
      await store.read(id);
    }
    expect(prepared).toHaveLength(new Set(prepared).size);
  });

  it("every statement finds its rows by an index", async () => {
    const sqlite = new DatabaseSync(":memory:");
    await open({ sqlite }).setup?.();
    const { setup: _, create: __, ...statements } = sqlStatements("sqlite", "sessions");
    for (const [name, text] of Object.entries(statements)) {
      const plan = sqlite
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all()
        .map((row) => String(row["detail"]));
      expect(plan, name).not.toContainEqual(expect.stringMatching(/^SCAN|TEMP B-TREE/));
      expect(plan, name).toContainEqual(expect.stringMatching(/^SEARCH \w+ USING (COVERING )?INDEX/));
    }
  });
});
