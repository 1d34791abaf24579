import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import type { Service } from "../../scripts/services/service.ts";
import { sqlStatements } from "../../src/stores/lib/sql/statements.ts";
import { type SqlStoreOptions, sqlStore } from "../../src/stores/sql.ts";
import { testStore } from "../../src/testing/store.ts";
import { faulty } from "./lib/faulty.ts";
import { newPgPool } from "./lib/pg-pool.ts";
import { later, payload, testExhausted, testLocking, testReadOnly } from "./lib/sql-traps.ts";

// Thousands of sessions, through servers that share the machine with all the other tests.
vi.setConfig({ testTimeout: 60_000 });

let server: Service;
beforeAll(async () => {
  if (hasPostgres) server = await startPostgres();
});
afterAll(() => server?.stop());

let tables = 0;
const newTable = () => `sessions_${tables++}`;

describe.skipIf(!hasPostgres)("a pool", () => {
  let pool: pg.Pool;
  beforeAll(() => {
    pool = newPgPool({ connectionString: server.url, max: 8 });
  });
  afterAll(() => pool.end());
  const create = () => sqlStore({ pg: pool, table: newTable(), createTable: true });
  testStore({
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    createFaulty: async (fault) => {
      const table = newTable();
      await sqlStore({ pg: pool, table }).setup?.();
      return sqlStore({ pg: faulty(pool, /^query$/, fault), table });
    },
  });
});

describe.skipIf(!hasPostgres)("a client", () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
  });
  afterAll(() => client.end());
  const create = () => sqlStore({ pg: client, table: newTable(), createTable: true });
  testStore({ describe, it: it.concurrent, create, createPair: () => [create(), create()], sessions: 1000 });
});

/** Its connection may be gone when it would prune. */
const open = (options: SqlStoreOptions) => sqlStore({ ...options, pruneEvery: false });

describe.skipIf(!hasPostgres)("PostgreSQL", () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  function newPool(settings: pg.PoolConfig = {}): pg.Pool {
    const pool = newPgPool({ connectionString: server.url, ...settings });
    ends.push(() => pool.end());
    return pool;
  }

  testReadOnly(async () => {
    const table = newTable();
    await open({ pg: newPool(), table, createTable: true }).create("a", payload, later());
    const pool = newPool({ options: "-c default_transaction_read_only=on" });
    return { store: open({ pg: pool, table }), message: /read-only transaction/ };
  });

  testExhausted(async () => {
    const pool = newPool({ max: 1 });
    const take = async () => {
      const client = await pool.connect();
      return () => client.release();
    };
    return { store: open({ pg: pool, table: newTable(), createTable: true }), take };
  });

  testLocking(async () => {
    const table = newTable();
    const options = "-c default_transaction_isolation=serializable";
    return [1, 2, 3].map(() => open({ pg: newPool({ max: 4, options }), table, createTable: true }));
  });

  it("a transaction of the application's on its client is waited for, never joined", async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    ends.push(() => client.end());
    const store = open({ pg: client, table: newTable(), createTable: true });
    await store.create("a", payload, later());
    await client.query("BEGIN");
    const ended = store.delete("a");
    await client.query("ROLLBACK");
    expect(await ended).toBe(true);
    expect(await store.read("a")).toBeUndefined();
    await client.query("BEGIN");
    await expect(store.read("a")).rejects.toThrow(
      /^A transaction of the application's is open .* give sqlStore a pool/,
    );
  });

  it("several make the table at once, in a schema of its own", async () => {
    const pool = newPool();
    await pool.query('CREATE SCHEMA "Own"');
    const stores = [1, 2, 3, 4, 5].map(() => open({ pg: newPool(), schema: "Own" }));
    await Promise.all(stores.map((store) => store.setup?.()));
    await stores[0]?.create("bob", payload, later(undefined, "bøb"));
    expect((await pool.query('SELECT id, subject FROM "Own".sessions')).rows).toEqual([
      { id: Buffer.from("bob"), subject: Buffer.from("bøb") },
    ]);
    const elsewhere = open({ pg: pool, schema: "own" });
    await expect(elsewhere.read("a")).rejects.toThrow(/no table "sessions"/);
    await expect(elsewhere.setup?.()).rejects.toThrow('schema "own" does not exist');
  });

  it("a connection prepares each statement once", async () => {
    const pool = newPool({ max: 1 });
    const store = open({ pg: pool, table: newTable() });
    await store.setup?.();
    for (const id of ["a", "b", "c"]) {
      await store.create(id, payload, later());
      await store.read(id);
    }
    const { rows } = await pool.query(
      "SELECT statement FROM pg_prepared_statements WHERE statement ~ '^(INSERT|SELECT)'",
    );
    expect(rows).toHaveLength(2);
  });

  it.each([
    ["has dropped", () => "DISCARD ALL"],
    [
      "can't plan again, since a column's type has changed",
      (table: string) => `ALTER TABLE ${table} ALTER COLUMN expires TYPE numeric`,
    ],
  ])("asks again without a prepared statement that the database %s", async (_, change) => {
    const pool = newPool({ max: 1 });
    const table = newTable();
    const store = open({ pg: pool, table, createTable: true });
    await store.create("a", payload, later());
    for (let count = 0; count < 6; count++) await store.read("a");
    await pool.query(change(table));
    for (let count = 0; count < 2; count++) expect(await store.read("a")).toBeDefined();
    expect(await store.delete("a")).toBe(true);
  });

  it("every statement finds its rows by an index", async () => {
    const pool = newPool({ max: 1 });
    await open({ pg: pool, table: "plans" }).setup?.();
    await pool.query(`INSERT INTO plans SELECT md5(n::text)::bytea, 'data', n * 1000, ('user-' || n % 1000)::bytea
      FROM generate_series(1, 20000) AS n`);
    await pool.query("ANALYZE plans");
    // What a prepared statement comes to in the end: one plan for all values.
    await pool.query("SET plan_cache_mode = force_generic_plan");
    const { setup: _, ...statements } = sqlStatements("postgres", "plans");
    for (const [name, text] of Object.entries(statements)) {
      await pool.query(`PREPARE of_${name.toLowerCase()} AS ${text}`);
      const values = text.match(/\$\d+/g)?.map(() => "NULL");
      const explained = await pool.query(`EXPLAIN EXECUTE of_${name.toLowerCase()} (${values?.join(", ")})`);
      const plan = explained.rows.map((row) => row["QUERY PLAN"]).join("\n");
      // Few of one subject are sorted; all of a table never.
      expect(plan, name).not.toMatch(name === "listSubject" ? /Seq Scan/ : /Seq Scan|Sort/);
      if (name !== "create") expect(plan, name).toMatch(/Index (Only )?Scan/);
    }
  });
});
