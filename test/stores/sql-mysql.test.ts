import mysql from "mysql2";
import promises from "mysql2/promise";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hasMariadb, startMariadb } from "../../scripts/services/mariadb.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { Mysql2 } from "../../src/stores/lib/sql/mysql2.ts";
import { type SqlStoreOptions, sqlStore } from "../../src/stores/sql.ts";
import { testStore } from "../../src/testing/store.ts";
import { faulty } from "./lib/faulty.ts";
import { later, payload, testExhausted, testLocking, testReadOnly } from "./lib/sql-traps.ts";

// Thousands of sessions, through servers that share the machine with all the other tests.
vi.setConfig({ testTimeout: 60_000 });

let server: Service;
beforeAll(async () => {
  if (hasMariadb) server = await startMariadb();
});
afterAll(() => server?.stop());

let tables = 0;
const newTable = () => `sessions_${tables++}`;

const makes: Record<string, { sessions: number; connect: () => Promise<{ client: Mysql2; end: () => unknown }> }> = {
  "a pool of promises": {
    sessions: 10_000,
    connect: async () => {
      const pool = promises.createPool({ uri: server.url, connectionLimit: 8 });
      return { client: pool, end: () => pool.end() };
    },
  },
  "a pool of callbacks, that counts changed rows alone": {
    sessions: 1000,
    connect: async () => {
      const pool = mysql.createPool({ uri: server.url, connectionLimit: 8, flags: ["-FOUND_ROWS"] });
      return { client: pool, end: () => pool.promise().end() };
    },
  },
  "a connection with odd settings": {
    sessions: 1000,
    connect: async () => {
      const odd = { rowsAsArray: true, bigNumberStrings: true, supportBigNumbers: true, charset: "latin1" };
      const connection = await promises.createConnection({ uri: server.url, ...odd });
      await connection.query("SET SESSION sql_mode = ''");
      return { client: connection, end: () => connection.end() };
    },
  },
};

for (const [make, { sessions, connect }] of Object.entries(makes)) {
  describe.skipIf(!hasMariadb)(make, () => {
    let connection: Awaited<ReturnType<typeof connect>>;
    beforeAll(async () => {
      connection = await connect();
    });
    afterAll(() => connection.end());
    const create = () => sqlStore({ mysql2: connection.client, table: newTable(), createTable: true });
    testStore({
      describe,
      it: it.concurrent,
      create,
      createPair: () => [create(), create()],
      sessions,
      createFaulty: async (fault) => {
        const table = newTable();
        await sqlStore({ mysql2: connection.client, table }).setup?.();
        const client = connection.client;
        const plain = "promise" in client ? client.promise() : client;
        return sqlStore({ mysql2: faulty(plain, /^execute$/, fault), table });
      },
    });
  });
}

/** Its connection may be gone when it would prune. */
const open = (options: SqlStoreOptions) => sqlStore({ ...options, pruneEvery: false });

describe.skipIf(!hasMariadb)("MariaDB", () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  function newPool(settings: promises.PoolOptions = {}): promises.Pool {
    const pool = promises.createPool({ uri: server.url, ...settings });
    ends.push(() => pool.end());
    return pool;
  }

  testReadOnly(async () => {
    const table = newTable();
    const root = newPool();
    await open({ mysql2: root, table, createTable: true }).create("a", payload, later());
    await root.query("CREATE USER app@'%' IDENTIFIED BY 'app'");
    await root.query("GRANT ALL ON dewar.* TO app@'%'");
    await root.query("SET GLOBAL read_only = 1");
    ends.push(() => root.query("SET GLOBAL read_only = 0"));
    const pool = newPool({ uri: server.url.replace("dewar:dewar@", "app:app@") });
    return { store: open({ mysql2: pool, table }), message: /read-only/ };
  });

  testExhausted(async () => {
    const pool = newPool({ connectionLimit: 1 });
    const take = async () => {
      const connection = await pool.getConnection();
      return () => connection.release();
    };
    return { store: open({ mysql2: pool, table: newTable(), createTable: true }), take };
  });

  testLocking(async () => {
    const table = newTable();
    return [1, 2, 3].map(() => {
      const pool = newPool({ connectionLimit: 4 });
      pool.on("connection", (connection) => connection.query("SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"));
      return open({ mysql2: pool, table, createTable: true });
    });
  });

  it("a transaction of the application's on its only connection holds the sessions that are written in it", async () => {
    const connection = await promises.createConnection(server.url);
    ends.push(() => connection.end());
    const store = open({ mysql2: connection, table: newTable(), createTable: true });
    await store.create("a", payload, later());
    await connection.beginTransaction();
    expect(await store.delete("a")).toBe(true);
    await connection.rollback();
    // Why the documents ask for a pool.
    expect(await store.read("a")).toBeDefined();
  });

  it("several make the table at once, in another database", async () => {
    const pool = newPool();
    await pool.query("CREATE DATABASE own");
    const stores = [1, 2, 3, 4, 5].map(() => open({ mysql2: newPool(), schema: "own" }));
    await Promise.all(stores.map((store) => store.setup?.()));
    await stores[0]?.create("bob", payload, later(undefined, "bøb"));
    const [rows] = await pool.query("SELECT id, subject FROM own.sessions");
    expect(rows).toEqual([{ id: Buffer.from("bob"), subject: Buffer.from("bøb") }]);
    await expect(open({ mysql2: pool }).read("a")).rejects.toThrow(/no table "sessions"/);
  });

  it("a connection prepares each statement once", async () => {
    const pool = newPool({ connectionLimit: 1 });
    const store = open({ mysql2: pool, table: newTable() });
    await store.setup?.();
    const prepared = async () => {
      const [rows] = await pool.query<promises.RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'");
      return Number(rows[0]?.["Value"]);
    };
    const before = await prepared();
    for (const id of ["a", "b", "c"]) {
      await store.create(id, payload, later());
      await store.read(id);
    }
    expect((await prepared()) - before).toBe(2);
  });

  it("every statement finds its rows by an index, and reads no others", async () => {
    const pool = newPool({ connectionLimit: 1 });
    const store = open({ mysql2: pool, table: "plans" });
    await store.setup?.();
    await pool.query(`INSERT INTO plans SELECT md5(seq), 'data', seq + 4000000000000, concat('user-', seq % 1000)
      FROM seq_1_to_20000`);
    await pool.query("ANALYZE TABLE plans");
    const touched = async (act: () => Promise<unknown>) => {
      await pool.query("FLUSH STATUS");
      await act();
      const [rows] = await pool.query<promises.RowDataPacket[]>(
        "SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' OR Variable_name LIKE 'Sort_rows'",
      );
      return rows.reduce((sum, row) => sum + Number(row["Value"]), 0);
    };
    const one = async (subject?: string) => {
      for await (const session of store.list?.(subject === undefined ? {} : { subject }) ?? []) return session;
      throw new Error("there is none");
    };
    const { id } = await one();
    const acts: Record<string, () => Promise<unknown>> = {
      read: () => store.read(id),
      renew: () => store.read(id, { ifBefore: new Date(6e12), expiresAt: new Date(7e12) }),
      replace: () => store.replace(id, payload, new TextEncoder().encode("data"), later()),
      create: () => store.create("new", payload, later()),
      takeOver: () => store.create("new", payload, later()),
      list: () => one(),
      listSubject: () => one("user-7"),
      delete: () => store.delete(id),
      prune: () => store.prune?.(new Date(4e12 + 50)) ?? Promise.reject(),
    };
    for (const [name, act] of Object.entries(acts)) expect(await touched(act), name).toBeLessThan(110);
  });
});
