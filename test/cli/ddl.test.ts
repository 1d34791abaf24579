import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { sqlSetup, sqlStore } from "../../src/stores/sql.ts";
import { invoke } from "./lib/invoke.ts";

it("prints SQL that makes what the store needs", async () => {
  const { code, stdout } = await invoke(["ddl", "--dialect", "sqlite", "--table", "visits"]);
  expect(code).toBe(0);
  const database = new DatabaseSync(":memory:");
  database.exec(stdout);
  const store = sqlStore({ sqlite: database, table: "visits", pruneEvery: false });
  expect(await store.read("nobody")).toBeUndefined();
});

it.each(["postgres", "mysql", "sqlite"] as const)("in the dialect of %s", async (dialect) => {
  const { stdout } = await invoke(["ddl", "--dialect", dialect, "--schema", "shop"]);
  expect(stdout).toBe(sqlSetup({ dialect, schema: "shop" }));
  expect(JSON.parse((await invoke(["ddl", "--dialect", dialect, "--json"])).stdout).sql).toBe(sqlSetup({ dialect }));
});

it.each([[], ["--dialect", "oracle"], ["--dialect", "sqlite", "--table", "a; DROP"]])(
  "refuses %s %s %s",
  async (...args) => {
    const { code, stdout, stderr } = await invoke(["ddl", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/--dialect|--table/);
  },
);
