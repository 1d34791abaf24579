import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dewar, finished, said, start } from "./lib/dewar.ts";
import { visit } from "./lib/visits.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-watch-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("tells what is made and ended, of one user, in lines of JSON", async () => {
  const store = `sqlite:${join(folder, "w.db")}`;
  const [old = ""] = await visit(store, [{ user: "ada" }]);
  const child = start(["watch", "--json", "--interval", "1", "--user", "ada", "--store", store]);
  const end = finished(child);
  await said(child.stderr, /Watching 1 session /);
  const saidMade = said(child.stdout, /"made"/);
  const [made = ""] = await visit(store, [{ user: "ada" }, { user: "bob" }]);
  await saidMade;
  const saidEnded = said(child.stdout, /"ended"/);
  await dewar(["revoke", old, "--store", store]);
  await saidEnded;
  child.kill("SIGINT");
  const { code, out } = await end;
  expect(code).toBe(130);
  const events = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([
    { change: "made", id: made, user: "ada", device: { address: "203.0.113.0/24" } },
    { change: "ended", id: old, user: "ada" },
  ]);
});
