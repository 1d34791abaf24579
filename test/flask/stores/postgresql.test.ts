import { DatabaseSync } from "node:sqlite";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { hasPostgres, startPostgres } from "../../../scripts/services/postgres.ts";
import type { Service } from "../../../scripts/services/service.ts";
import { postgresqlStore } from "../../../src/flask/stores/postgresql.ts";
import { testStore } from "../../../src/testing/store.ts";
import { faulty } from "../../stores/lib/faulty.ts";
import { newPgPool } from "../../stores/lib/pg-pool.ts";
import { END, listed, OF_FLASK, TABLE, UNTIL_END } from "./lib/layout.ts";

// Thousands of sessions, through servers that share the machine with all the other tests.
vi.setConfig({ testTimeout: 60_000 });

let tables = 0;
const newTable = () => `sessions_${tables++}`;
const payload = Uint8Array.of(1, 2, 3);

it("refuses another database", () => {
  const sqlite = new DatabaseSync(":memory:");
  expect(() => postgresqlStore({ sqlite })).toThrow(/^client: one of PostgreSQL$/);
  expect(() => postgresqlStore({ sqlite })).toThrow(TypeError);
});

describe.skipIf(!hasPostgres)("PostgreSQL", () => {
  let server: Service;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres();
    pool = newPgPool({ connectionString: server.url, max: 8, options: "-c TimeZone=Asia/Kathmandu" });
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  const create = () => postgresqlStore({ pg: pool, table: newTable() });
  testStore({
    ...TABLE,
    describe,
    it: it.concurrent,
    create,
    createPair: () => [create(), create()],
    createFaulty: async (fault) => {
      const table = newTable();
      await postgresqlStore({ pg: pool, table }).setup?.();
      return postgresqlStore({ pg: faulty(pool, /^query$/, fault), table });
    },
  });

  it("shares the table with Flask-Session, whose dates are in the time zone of the connection", async () => {
    const store = postgresqlStore({ pg: pool, schema: "Own" });
    await store.create("ours", payload, UNTIL_END);
    // As Flask-Session writes, reads and cleans.
    await pool.query(
      `INSERT INTO "Own".flask_sessions (session_id, data, expiry)
      VALUES ($1, $2, NOW() + INTERVAL '1 day') ON CONFLICT (session_id) DO UPDATE SET data = $2, expiry = NOW() + INTERVAL '1 day'`,
      ["session:theirs", OF_FLASK],
    );
    await pool.query("DELETE FROM \"Own\".flask_sessions WHERE expiry < NOW() + INTERVAL '23 hours'");
    const found = await store.read("theirs");
    expect(Buffer.from(found?.payload ?? [])).toEqual(OF_FLASK);
    expect(Math.abs(Number(found?.expiresAt) - Date.now() - 86_400_000)).toBeLessThan(60_000);
    expect((await listed(store, { subject: "ann" })).sort()).toEqual(["ours", "theirs"]);
    const { rows } = await pool.query(
      "SELECT session_id, data, expiry AT TIME ZONE 'Asia/Kathmandu' AS expiry FROM \"Own\".flask_sessions WHERE session_id ~ 'ours'",
    );
    expect(rows).toEqual([{ session_id: "session:ours", data: Buffer.from(payload), expiry: END }]);
  });

  it("makes the schema, the table and the indexes that Flask-Session makes", async () => {
    await postgresqlStore({ pg: pool }).setup?.();
    const columns = await pool.query(`SELECT column_name, data_type, is_nullable, column_default
      FROM information_schema.columns WHERE table_name = 'flask_sessions' AND table_schema = 'public' ORDER BY ordinal_position`);
    expect(columns.rows.map((row) => Object.values(row))).toEqual([
      ["session_id", "character varying", "NO", null],
      ["created", "timestamp without time zone", "YES", "(now() AT TIME ZONE 'utc'::text)"],
      ["data", "bytea", "YES", null],
      ["expiry", "timestamp without time zone", "YES", null],
    ]);
    const indexes = await pool.query(
      "SELECT indexname FROM pg_indexes WHERE tablename = 'flask_sessions' AND schemaname = 'public' ORDER BY indexname",
    );
    expect(indexes.rows.map((row) => row["indexname"])).toEqual([
      "flask_sessions_expiry_idx",
      "flask_sessions_pkey",
      "uq_flask_sessions_session_id",
    ]);
  });
});
