import { DatabaseSync } from "node:sqlite";
import mysql from "mysql2/promise";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasMariadb, startMariadb } from "../../../scripts/services/mariadb.ts";
import { hasPostgres, startPostgres } from "../../../scripts/services/postgres.ts";
import type { Service } from "../../../scripts/services/service.ts";
import { sqlAlchemyStore } from "../../../src/flask/stores/sqlalchemy.ts";
import { sqliteDriver } from "../../../src/stores/lib/sql/sqlite.ts";
import { testStore } from "../../../src/testing/store.ts";
import { faulty } from "../../stores/lib/faulty.ts";
import { newPgPool } from "../../stores/lib/pg-pool.ts";
import { END, listed, OF_FLASK, TABLE, UNTIL_END } from "./lib/layout.ts";

// Thousands of sessions, through servers that share the machine with all the other tests.
vi.setConfig({ testTimeout: 60_000 });

let tables = 0;
const newTable = () => `sessions_${tables++}`;
const payload = Uint8Array.of(1, 2, 3);

describe("options", () => {
  const sqlite = new DatabaseSync(":memory:");
  it.each([
    [{ sqlite, table: "a b" }, /^table: /],
    [{ sqlite, schema: 'a"' }, /^schema: /],
    [{ sqlite, prefix: "\0" }, /^prefix: /],
    [{ sqlite, prefix: 1 as unknown as string }, /^prefix: /],
    [{} as { sqlite: DatabaseSync }, /exactly one of them$/],
  ])("refuses %o", (options, message) => {
    expect(() => sqlAlchemyStore(options)).toThrow(message);
    expect(() => sqlAlchemyStore(options)).toThrow(TypeError);
  });
});

describe("SQLite", () => {
  const sqlite = new DatabaseSync(":memory:");
  const create = () => sqlAlchemyStore({ sqlite, table: newTable() });
  testStore({
    ...TABLE,
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    createFaulty: async (fault) => {
      const table = newTable();
      await sqlAlchemyStore({ sqlite, table }).setup?.();
      return sqlAlchemyStore({ driver: faulty(sqliteDriver(sqlite), /^(rows|change)$/, fault), table });
    },
  });

  /** The table as SQLAlchemy makes it, with what Flask-Session has written. */
  function flasks(): DatabaseSync {
    const database = new DatabaseSync(":memory:");
    database.exec(`CREATE TABLE sessions (
	id INTEGER NOT NULL, 
	session_id VARCHAR(255), 
	data BLOB, 
	expiry DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (session_id)
)`);
    const insert = database.prepare("INSERT INTO sessions (session_id, data, expiry) VALUES (?, ?, ?)");
    insert.run("session:alive", OF_FLASK, "2099-12-25 04:52:40.331139");
    insert.run("session:dead", OF_FLASK, "2020-12-25 04:52:40.331139");
    insert.run("session:undated", OF_FLASK, null);
    insert.run("session:empty", null, "2099-12-25 04:52:40.331139");
    insert.run("other:alive", OF_FLASK, "2099-12-25 04:52:40.000000");
    insert.run(null, OF_FLASK, "2020-12-25 04:52:40.331139");
    return database;
  }

  it("makes the table that SQLAlchemy makes", async () => {
    const made = new DatabaseSync(":memory:");
    await sqlAlchemyStore({ sqlite: made }).setup?.();
    const shape = (database: DatabaseSync) => [
      database.prepare("SELECT * FROM pragma_table_info('sessions')").all(),
      database.prepare("SELECT * FROM pragma_index_list('sessions')").all(),
    ];
    expect(shape(made)).toEqual(shape(flasks()));
  });

  it("reads what Flask-Session wrote, and takes for dead what it does", async () => {
    const store = sqlAlchemyStore({ sqlite: flasks() });
    const found = await store.read("alive");
    expect(Buffer.from(found?.payload ?? [])).toEqual(OF_FLASK);
    expect(found?.expiresAt).toEqual(END);
    for (const id of ["dead", "undated", "empty", "other"]) expect(await store.read(id), id).toBeUndefined();
    expect(await listed(store)).toEqual(["alive"]);
    expect(await listed(store, { subject: "ann" })).toEqual(["alive"]);
    expect(await store.replace("alive", payload, OF_FLASK, UNTIL_END)).toBe("ok");
  });

  it("writes rows as SQLAlchemy does, dates with six digits of a second", async () => {
    const sqlite = flasks();
    const store = sqlAlchemyStore({ sqlite });
    await store.create("new", payload, UNTIL_END);
    const row = sqlite.prepare("SELECT *, typeof(data) AS type FROM sessions WHERE session_id = 'session:new'").get();
    expect(row).toEqual({
      id: 7,
      session_id: "session:new",
      data: payload,
      expiry: "2099-12-25 04:52:40.331000",
      type: "blob",
    });
    await store.read("new", { ifBefore: new Date("2100-01-01"), expiresAt: new Date("2100-01-01T00:00:01.5Z") });
    const { expiry } = sqlite.prepare("SELECT expiry FROM sessions WHERE id = 7").get() ?? {};
    expect(expiry).toBe("2100-01-01 00:00:01.500000");
  });

  it("creates in the place of what has ended, and prunes what Flask-Session prunes", async () => {
    const sqlite = flasks();
    const store = sqlAlchemyStore({ sqlite });
    for (const id of ["dead", "undated", "empty"]) expect(await store.create(id, payload, UNTIL_END), id).toBe("ok");
    expect(await store.create("alive", payload, UNTIL_END)).toBe("exists");
    expect(sqlite.prepare("SELECT count(*) AS count FROM sessions").get()).toEqual({ count: 6 });
    expect(await store.prune?.(new Date())).toBe(1);
    expect(sqlite.prepare("SELECT count(*) AS count FROM sessions").get()).toEqual({ count: 5 });
  });

  it("finds the rows by the index of the ids", async () => {
    const sqlite = flasks();
    const texts: string[] = [];
    const prepare = (text: string) => {
      texts.push(text);
      return sqlite.prepare(text);
    };
    const store = sqlAlchemyStore({ sqlite: { prepare } });
    await store.create("a", payload, UNTIL_END);
    await store.read("a", { ifBefore: new Date("2100-01-01"), expiresAt: new Date("2100-01-01") });
    await store.replace("a", payload, payload, UNTIL_END);
    await listed(store);
    await store.delete("a");
    for (const text of texts.slice(1)) {
      const plan = sqlite.prepare(`EXPLAIN QUERY PLAN ${text}`).all();
      expect(plan.map((row) => row["detail"])).toEqual([expect.stringMatching(/^SEARCH \w+ USING INDEX/)]);
    }
  });
});

describe.skipIf(!hasPostgres)("PostgreSQL", () => {
  let server: Service;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres();
    // Dates without a time zone are UTC, whatever the connection's is.
    pool = newPgPool({
      connectionString: server.url,
      max: 8,
      options: "-c TimeZone=Asia/Kathmandu -c DateStyle=German",
    });
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  const create = () => sqlAlchemyStore({ pg: pool, table: newTable() });
  testStore({
    ...TABLE,
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    createFaulty: async (fault) => {
      const table = newTable();
      await sqlAlchemyStore({ pg: pool, table }).setup?.();
      return sqlAlchemyStore({ pg: faulty(pool, /^query$/, fault), table });
    },
  });

  it("reads and writes rows as SQLAlchemy does", async () => {
    await pool.query("CREATE SCHEMA app");
    await pool.query(`CREATE TABLE app.sessions (
	id SERIAL NOT NULL, 
	session_id VARCHAR(255), 
	data BYTEA, 
	expiry TIMESTAMP WITHOUT TIME ZONE, 
	PRIMARY KEY (id), 
	UNIQUE (session_id)
)`);
    await pool.query(`INSERT INTO app.sessions (session_id, data, expiry) VALUES
      ('session:alive', '\\x${Buffer.from(OF_FLASK).toString("hex")}', '2099-12-25T04:52:40.331139'::timestamp),
      ('session:dead', '\\x00', '2020-12-25T04:52:40.331139'::timestamp), ('session:undated', '\\x00', NULL),
      ('session:empty', NULL, '2099-12-25T04:52:40.331139'::timestamp)`);
    const store = sqlAlchemyStore({ pg: pool, schema: "app" });
    const found = await store.read("alive");
    expect([Buffer.from(found?.payload ?? []), found?.expiresAt]).toEqual([OF_FLASK, END]);
    expect(await listed(store)).toEqual(["alive"]);
    for (const id of ["dead", "undated", "empty"]) {
      expect(await store.read(id), id).toBeUndefined();
      expect(await store.create(id, payload, UNTIL_END), id).toBe("ok");
    }
    await store.create("new", payload, UNTIL_END);
    const { rows } = await pool.query(`SELECT session_id, data, to_char(expiry, 'YYYY-MM-DD HH24:MI:SS.US') AS expiry
      FROM app.sessions WHERE session_id = 'session:new'`);
    expect(rows).toEqual([
      { session_id: "session:new", data: Buffer.from(payload), expiry: "2099-12-25 04:52:40.331000" },
    ]);
  });
});

describe.skipIf(!hasMariadb)("MariaDB", () => {
  let server: Service;
  let pool: mysql.Pool;
  beforeAll(async () => {
    server = await startMariadb();
    const connection = await mysql.createConnection(server.url);
    // By default, ids that differ in case can't both be there.
    await connection.query("CREATE DATABASE bytewise CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
    await connection.end();
    pool = newPool("bytewise");
    pool.on("connection", (each) => each.query("SET SESSION sql_mode = '', time_zone = '+05:45'"));
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  const newPool = (database: string, flags: string[] = []) =>
    mysql.createPool({ uri: server.url, database, connectionLimit: 8, flags });
  const create = () => sqlAlchemyStore({ mysql2: pool, table: newTable() });
  const limits = { ...TABLE, maxBytes: 65_535, resolution: 1000 };
  testStore({
    ...limits,
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    createFaulty: async (fault) => {
      const table = newTable();
      await sqlAlchemyStore({ mysql2: pool, table }).setup?.();
      return sqlAlchemyStore({ mysql2: faulty(pool, /^execute$/, fault), table });
    },
  });

  describe("with a table of the usual collation", () => {
    let usual: mysql.Pool;
    beforeAll(async () => {
      usual = newPool("dewar", ["-FOUND_ROWS"]);
      await usual.query(`CREATE TABLE sessions (
	id INTEGER NOT NULL AUTO_INCREMENT, 
	session_id VARCHAR(255), 
	data BLOB, 
	expiry DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (session_id)
)`);
    });
    afterAll(() => usual?.end());

    it("reads and writes rows as SQLAlchemy does", async () => {
      await usual.query(
        `INSERT INTO sessions (session_id, data, expiry) VALUES ('session:alive', ?, '2099-12-25 04:52:40.331139'),
        ('session:dead', '', '2020-12-25 04:52:40'), ('session:undated', '', NULL), ('session:empty', NULL, '2099-12-25')`,
        [Buffer.from(OF_FLASK)],
      );
      const store = sqlAlchemyStore({ mysql2: usual });
      const found = await store.read("alive");
      expect(found?.payload).toEqual(OF_FLASK);
      expect(found?.expiresAt).toEqual(new Date("2099-12-25T04:52:40Z"));
      expect(await listed(store)).toEqual(["alive"]);
      for (const id of ["dead", "undated", "empty"]) {
        expect(await store.read(id), id).toBeUndefined();
        expect(await store.create(id, payload, UNTIL_END), id).toBe("ok");
      }
      await store.create("new", payload, UNTIL_END);
      expect(await store.replace("new", payload, payload, UNTIL_END)).toBe("ok");
      const [rows] = await usual.query(`SELECT session_id, data, CAST(expiry AS CHAR) AS expiry FROM sessions
        WHERE session_id = 'session:new'`);
      expect(rows).toEqual([{ session_id: "session:new", data: Buffer.from(payload), expiry: "2099-12-25 04:52:40" }]);
    });

    it("an id finds its own row or none, and one that differs in case can't be created", async () => {
      const store = sqlAlchemyStore({ mysql2: usual });
      expect(await store.create("Bob", payload, UNTIL_END)).toBe("ok");
      for (const other of ["bob", "Bob ", "BOB"]) {
        expect(await store.read(other), other).toBeUndefined();
        expect(await store.replace(other, payload, payload, UNTIL_END), other).toBe("gone");
        expect(await store.delete(other), other).toBe(false);
        expect(await store.create(other, Uint8Array.of(9), UNTIL_END), other).toBe("exists");
      }
      expect((await store.read("Bob"))?.payload).toEqual(Buffer.from(payload));
      const shouting = sqlAlchemyStore({ mysql2: usual, prefix: "SESSION:" });
      expect([await shouting.read("Bob"), await listed(shouting)]).toEqual([undefined, []]);
    });

    it("more than a BLOB holds is an error, never cut off", async () => {
      const store = sqlAlchemyStore({ mysql2: usual });
      await expect(store.create("large", new Uint8Array(65_536), UNTIL_END)).rejects.toThrow("65535 are the most");
      await store.create("large", payload, UNTIL_END);
      const growing = store.replace("large", new Uint8Array(65_536), payload, UNTIL_END);
      await expect(growing).rejects.toThrow("65535 are the most");
      expect((await store.read("large"))?.payload).toEqual(Buffer.from(payload));
    });

    it("finds the rows by the index of the ids, and reads no others", async () => {
      const connection = await mysql.createConnection(server.url);
      await connection.query(`INSERT INTO sessions (session_id, data, expiry)
        SELECT CONCAT('many:', seq), 'data', '2099-01-01' FROM seq_1_to_5000`);
      await connection.query("ANALYZE TABLE sessions");
      const store = sqlAlchemyStore({ mysql2: connection, prefix: "many:" });
      const due = { ifBefore: new Date("2100-01-01"), expiresAt: new Date("2100-01-02") };
      const touched = async (act: () => Promise<unknown>) => {
        await connection.query("FLUSH STATUS");
        await act();
        const [rows] = await connection.query<mysql.RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Handler_read%'");
        return rows.reduce((sum, row) => sum + Number(row["Value"]), 0);
      };
      const acts: Record<string, () => Promise<unknown>> = {
        create: () => store.create("new", payload, UNTIL_END),
        takeOver: () => store.create("new", payload, UNTIL_END),
        read: () => store.read("7"),
        renew: () => store.read("7", due),
        replace: () => store.replace("7", payload, Buffer.from("data"), UNTIL_END),
        delete: () => store.delete("7"),
      };
      for (const [name, act] of Object.entries(acts)) expect(await touched(act), name).toBeLessThan(10);
      await connection.end();
    });
  });
});
