import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Place, places } from "../../scripts/services/places.ts";
import { dewar } from "./lib/dewar.ts";
import { visit } from "./lib/visits.ts";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0";
const HOSTILE = "\u001b]0;owned\u0007\u001b[2J\u202e\nnext\tline";

describe.each(["sqlite", "redis", "postgres"] as const)("%s", (kind) => {
  let place: Place;
  let store: string;
  let [ada, adaAgain, bob, anonymous] = ["", "", "", ""];

  beforeAll(async () => {
    if (!places[kind].available) return;
    place = await places[kind].start();
    store = kind === "postgres" ? `${place.url}?createTable=true` : place.url;
    await visit(store, [{}]);
  });
  afterAll(() => place?.stop());

  const run = (...argv: string[]) => dewar([...argv, "--store", store]);
  const runOnTerminal = (...argv: string[]) =>
    dewar([...argv, "--store", store], { tty: true, env: { NO_COLOR: "1" } });
  const test = it.skipIf(!places[kind].available);

  beforeEach(async () => {
    if (!places[kind].available) return;
    await run("revoke", "--all", "--yes");
    [ada = "", adaAgain = "", bob = "", anonymous = ""] = await visit(store, [
      { user: "ada", data: { cart: [{ item: "cup", price: 12.5 }], csrf_token: "t0ps3cret" }, userAgent: FIREFOX },
      { user: "ada" },
      { user: "bob" },
      { data: { note: HOSTILE, big: 12n, tags: new Set(["x"]) } },
    ]);
  });

  test("list: lines in a pipe, columns on a terminal, JSON lines", async () => {
    const piped = await run("list", "--user", "ada");
    const rows = piped.out
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows.map(([id, user]) => [id, user]).sort()).toEqual(
      [
        [ada, "ada"],
        [adaAgain, "ada"],
      ].sort(),
    );
    expect(rows.find(([id]) => id === ada)?.slice(2)).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      expect.stringMatching(/Z$/),
      expect.stringMatching(/Z$/),
      "Firefox 133 on Windows, 203.0.113.0/24",
    ]);
    expect(piped).toMatchObject({ code: 0, err: "" });

    const terminal = await runOnTerminal("list");
    expect(terminal.out).toMatch(/ID .*USER .*MADE/);
    expect(terminal.err).toContain("4 sessions");

    const json = await run("list", "--json", "--user", "bob");
    expect(JSON.parse(json.out)).toMatchObject({ id: bob, user: "bob", permanent: true, cursor: expect.any(String) });
    expect(json.out).not.toContain("expiresAt");
  });

  test("list: pages by cursor see each session once", async () => {
    const seen: string[] = [];
    let after: string[] = [];
    for (let page = 0; page < 5; page++) {
      const { out } = await run("list", "--json", "--limit", "1", ...after);
      if (out === "") break;
      const { id, cursor } = JSON.parse(out);
      seen.push(id);
      after = ["--after", cursor];
    }
    expect(seen.sort()).toEqual([ada, adaAgain, bob, anonymous].sort());
  });

  test("show: masks, unless --reveal, and never speaks to the terminal", async () => {
    const masked = await run("show", ada);
    expect(masked.out).toContain(`id\t${ada}\nuser\tada\n`);
    expect(masked.out).toContain('data.cart[0].item\t"cup"\n');
    expect(masked.out).not.toContain("t0ps3cret");
    expect((await run("show", ada, "--json")).out).not.toContain("t0ps3cret");
    expect((await run("show", ada, "--reveal")).out).toContain("t0ps3cret");

    for (const { out } of [await runOnTerminal("show", anonymous), await run("show", anonymous)]) {
      expect(out).toContain("owned");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there; colours may
      expect(out).not.toMatch(/\u001b(?!\[\d+m)|\u0007|\u202e/);
    }
    const json = await run("show", anonymous, "--json");
    expect(json.out).not.toContain("\u202e");
    expect(JSON.parse(json.out).data).toEqual({ note: HOSTILE, big: "12", tags: ["x"] });
  });

  test("users and stats count", async () => {
    const users = await run("users");
    expect(users.out.split("\n").map((line) => line.split("\t").slice(0, 2))).toEqual([
      ["ada", "2"],
      ["bob", "1"],
      [""],
    ]);
    expect(JSON.parse((await run("users", "--json", "--limit", "1")).out)).toMatchObject({ user: "ada", sessions: 2 });

    const stats = JSON.parse((await run("stats", "--json")).out);
    expect(stats).toMatchObject({ sessions: 4, users: 2, anonymous: 1, topUsers: [{ user: "ada", sessions: 2 }, {}] });
    for (const chart of ["age", "lastUse", "size"]) {
      const sum = stats[chart].reduce((sum: number, { sessions }: { sessions: number }) => sum + sessions, 0);
      expect(sum, chart).toBe(4);
    }
    expect((await runOnTerminal("stats")).out).toMatch(/ada +2 +50 % +\S*█{8,}/);
  });

  test("revoke: by id, and what isn't there is exit code 3", async () => {
    const missing = `${"A".repeat(42)}8`;
    const result = await run("revoke", bob, missing, anonymous);
    expect(result).toMatchObject({ code: 3, out: `${bob} ended\n${anonymous} ended\n` });
    expect(result.err).toContain(`${missing}: no such session`);
    expect((await run("show", bob)).code).toBe(3);
    expect((await run("list")).out.split("\n")).toHaveLength(3);
  });

  test("revoke --user, but one; a wrong exception ends nothing", async () => {
    expect(await run("revoke", "--user", "ada", "--except", bob)).toMatchObject({ code: 3, out: "" });
    expect(await run("revoke", "--user", "ada", "--except", ada)).toMatchObject({
      code: 0,
      out: "1 session of ada ended\n",
    });
    expect((await run("show", ada)).code).toBe(0);
    expect(JSON.parse((await run("revoke", "--user", "ada", "--json")).out)).toEqual({ user: "ada", revoked: 1 });
    expect(await run("revoke", "--user", "ada")).toMatchObject({ code: 0, out: "0 sessions of ada ended\n" });
  });

  test("revoke --all: asks, and refuses where nobody can answer", async () => {
    const unasked = await run("revoke", "--all");
    expect(unasked).toMatchObject({ code: 2, out: "" });
    expect(unasked.err).toMatch(/End 4 sessions in .*--yes/s);

    const declined = await dewar(["revoke", "--all", "--store", store], { tty: true, typed: "n\n" });
    expect(declined).toMatchObject({ code: 3, out: "" });
    expect(declined.err).toContain("Nothing was ended.");
    expect((await run("list")).out.trimEnd().split("\n")).toHaveLength(4);

    const agreed = await dewar(["revoke", "--all", "--store", store], { tty: true, typed: "yes\n" });
    expect(agreed).toMatchObject({ code: 0, out: "4 sessions ended\n" });
    expect((await run("list")).out).toBe("");
  });

  test("prune", async () => {
    expect(await run("prune", "--json")).toMatchObject({ code: 0, out: '{\n  "pruned": 0\n}\n' });
  });
});
