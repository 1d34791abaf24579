import mysql from "mysql2/promise";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { hasMariadb, startMariadb } from "../../scripts/services/mariadb.ts";
import { hasPostgres, startPostgres } from "../../scripts/services/postgres.ts";
import { connectStore } from "../../src/stores/index.ts";
import { loopTime } from "../lib/elapsed.ts";

const lasting = { expiresAt: new Date(4e12), endsAt: new Date(4e12) };
const [before, after] = [Uint8Array.of(1), Uint8Array.of(2)];

/** Somebody else's connection, which takes locks. */
interface Other {
  query(statement: string): Promise<unknown>;
  end(): Promise<unknown>;
}

const servers = {
  PostgreSQL: {
    available: hasPostgres,
    start: startPostgres,
    table: "LOCK TABLE sessions",
    connect: async (url: string): Promise<Other> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    },
  },
  MariaDB: {
    available: hasMariadb,
    start: startMariadb,
    table: "LOCK TABLES sessions WRITE",
    connect: (url: string): Promise<Other> => mysql.createConnection(url),
  },
};

for (const [name, { available, start, connect, table }] of Object.entries(servers)) {
  describe.skipIf(!available)(`${name}: a lock that somebody else keeps`, () => {
    it.each([
      ["a row", "SELECT * FROM sessions WHERE id = 'a' FOR UPDATE"],
      ["the table", table],
    ])("on %s is a fault after about 2 seconds, and frees the connections", { timeout: 60_000 }, async (_, lock) => {
      const server = await start();
      const store = await connectStore(`${server.url}?createTable=true`);
      const other = await connect(server.url);
      try {
        await store.create("a", before, lasting);
        await other.query("BEGIN");
        await other.query(lock);
        const started = performance.now();
        const took = await loopTime(async () => {
          const writes = Array.from({ length: 10 }, () => store.replace("a", after, before, lasting));
          const outcomes = await Promise.allSettled(writes);
          expect(outcomes.map(({ status }) => status)).toEqual(writes.map(() => "rejected"));
        });
        expect(performance.now() - started).toBeGreaterThan(1900);
        expect(took).toBeLessThan(4500);
        await other.end();
        expect(await store.replace("a", after, before, lasting)).toBe("ok");
      } finally {
        await other.end().catch(() => {});
        await store.close?.();
        await server.stop();
      }
    });
  });
}
