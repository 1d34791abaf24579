import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { postgresqlStore } from "../../../src/flask/stores/postgresql.ts";
import { sqlAlchemyStore } from "../../../src/flask/stores/sqlalchemy.ts";
import type { Store } from "../../../src/store.ts";
import { sqlDriver } from "../../../src/stores/lib/sql/clients.ts";
import { type OneSqlClient, sqlStore } from "../../../src/stores/sql.ts";
import { testStore } from "../../../src/testing/index.ts";

// Thousands of statements, through servers that share the machine with all the other tests.
vi.setConfig({ testTimeout: 60_000 });

/** A toolkit that was set up, and how to end it. */
export interface Opened {
  client: OneSqlClient;
  end(): Promise<unknown>;
}

let tables = 0;
const newTable = () => `sessions_${tables++}`;

/** Runs the store's suite through a toolkit, as an application would set it up. */
export function testToolkit(name: string, isAvailable: boolean, open: () => Promise<Opened>): void {
  describe.skipIf(!isAvailable)(name, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.end());
    const create = () => sqlStore({ ...opened.client, table: newTable(), createTable: true });
    testStore({ describe, it: it.concurrent, create, createPair: () => [create(), create()], sessions: 1000 });

    it("keeps sessions in the tables of Flask-Session", async () => {
      const stores = [sqlAlchemyStore({ ...opened.client, table: newTable() })];
      const { dialect } = sqlDriver(opened.client, undefined);
      if (dialect === "postgres") stores.push(postgresqlStore({ ...opened.client, table: newTable() }));
      for (const store of stores) await live(store);
    });

    it("says that the table is missing", async () => {
      const store = sqlStore({ ...opened.client, table: newTable() });
      await expect(store.read("a")).rejects.toThrow("setup()");
    });

    it("tells what the database said, and neither ids nor payloads", async () => {
      const table = newTable();
      await sqlDriver(opened.client, undefined).change(`CREATE TABLE ${table} (id INTEGER)`, []);
      const end = new Date(Date.now() + 1000);
      const about = { expiresAt: end, endsAt: end, subject: "a-name" };
      const store = sqlStore({ ...opened.client, table, pruneEvery: false });
      const write = store.create("an-id", new TextEncoder().encode("a-secret"), about);
      const error: unknown = await write.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: expect.stringMatching(/column/i), code: expect.any(String) });
      const text = inspect(error, { depth: 10, showHidden: true });
      for (const secret of ["an-id", "a-secret", "a-name"]) {
        expect(text).not.toContain(secret);
        expect(text).not.toContain(Buffer.from(secret).toString("hex"));
      }
    });
  });
}

/** Has a session live its life, by every statement once. */
async function live(store: Store): Promise<void> {
  const [one, two] = [Uint8Array.of(0, 1, 255), Uint8Array.of(2)];
  const until = (end: string) => ({ expiresAt: new Date(end), endsAt: new Date(end) });
  expect(await store.create("a", one, until("2000-01-01"))).toBe("ok");
  expect(await store.create("a", one, until("2099-01-01"))).toBe("ok");
  expect(await store.create("a", two, until("2099-01-01"))).toBe("exists");
  const renewal = { ifBefore: new Date("2099-01-02"), expiresAt: new Date("2099-01-03") };
  expect((await store.read("a", renewal))?.renewed).toBe(true);
  const found = await store.read("a");
  expect([...(found?.payload ?? [])]).toEqual([...one]);
  expect(found?.expiresAt).toEqual(renewal.expiresAt);
  expect(await store.replace("a", two, two, until("2099-01-01"))).toBe("conflict");
  expect(await store.replace("a", two, found?.version, until("2099-01-01"))).toBe("ok");
  const listed: object[] = [];
  for await (const session of store.list?.({}) ?? []) listed.push(session);
  expect(listed).toMatchObject([{ id: "a", expiresAt: new Date("2099-01-01") }]);
  expect(await store.delete("a")).toBe(true);
  await store.create("b", one, until("2000-01-01"));
  expect(await store.prune?.(new Date())).toBe(1);
}
