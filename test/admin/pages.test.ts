import { describe, expect, it } from "vitest";
import { createSessionManager, type Store } from "../../src/index.ts";
import { forwarding } from "../../src/stores/lib/forwarding.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { open } from "./lib/operator.ts";
import { populate, settle } from "./lib/population.ts";

const HOSTILE = `<script>alert(1)</script>"'&\u202egpj.exe`;
const SHOWN = `<script>alert(1)</script>"'&\\u202egpj.exe`;

describe("what comes from outside", () => {
  it("is shown for what it is, wherever it stands", async () => {
    const { operator, store } = open();
    const use = { userAgent: HOSTILE, address: HOSTILE };
    const id = await settle(store, {
      subject: HOSTILE,
      data: { [HOSTILE]: HOSTILE, list: [HOSTILE], map: new Map([[HOSTILE, HOSTILE]]) },
      device: { first: use, last: use },
    });
    const user = encodeURIComponent(HOSTILE);
    for (const address of [
      "?list=",
      `?user=${user}`,
      `?session=${id}`,
      `?do=end&session=${id}`,
      `?do=end&user=${user}`,
    ]) {
      const { status, text, words } = await operator.get(address);
      expect(status).toBe(200);
      // A field of a form turns nothing but itself, and must hold what was typed.
      expect(text.replace(/<input id="find"[^>]*>/, "")).not.toMatch(/<script|\u202e|="[^"]*"'&/);
      expect(words).toContain(SHOWN);
    }
  });

  it("is cut, however long, wide or deep it is", async () => {
    const { operator, store } = open();
    let deep: unknown = "the bottom";
    for (let depth = 0; depth < 60; depth++) deep = { deeper: deep };
    const circle: Record<string, unknown> = {
      long: "x".repeat(30_000),
      deep,
      wide: Array.from({ length: 3000 }, (_, n) => n),
    };
    circle["circle"] = circle;
    const id = await settle(store, { data: { first: circle } });
    const { text, words } = await operator.get(`?session=${id}`);
    expect(text.length).toBeLessThan(120_000);
    expect(words).toContain("(28,000 more characters)");
    expect(words).toContain("too deep to show");
    expect(words).not.toContain("the bottom");
    expect(words).toContain("list, 3,000 values");
    expect(words).toMatch(/2,\d\d\d more, not shown/);
  });

  it("may be of any kind that a session holds", async () => {
    const { operator, store } = open();
    const kinds = {
      date: new Date(0),
      never: new Date(Number.NaN),
      big: 2n ** 70n,
      set: new Set([1]),
      bytes: new Uint8Array([1, 255]),
    };
    const self: Record<string, unknown> = { nothing: null, no: undefined, not: Number.NaN };
    self["self"] = self;
    const id = await settle(store, { data: { ...kinds, self } });
    const { words } = await operator.get(`?session=${id}`);
    for (const shown of [
      "1970-01-01 00:00 UTC",
      "no date",
      "1180591620717411303424",
      "set, 1 value",
      "2 B 01ff",
      "nothing null",
      "no undefined",
      "not NaN",
      "a circle",
    ]) {
      expect(words).toContain(shown);
    }
  });
});

describe("a session", () => {
  it("hides what looks sensitive until it is asked for, and tells who asked", async () => {
    const actions: unknown[] = [];
    const { operator, store } = open({ audit: (action, request) => void actions.push([action, request.method]) });
    const id = await settle(store, {
      subject: "ada",
      data: {
        csrf_token: "hidden-1",
        nested: { apiKey: "hidden-2", jwt: { of: "hidden-3" } },
        note: "plain",
        passwordSet: true,
      },
    });
    const before = await operator.get(`?session=${id}`);
    expect(before.text).not.toContain("hidden-");
    expect(before.words).toContain("3 values that look sensitive");
    expect(before.words).toContain("passwordSet true");
    // An address alone must not show it: it may be in a log, or in a link from elsewhere.
    expect((await operator.get(`?do=reveal&session=${id}`)).text).not.toContain("hidden-");
    expect(actions).toEqual([]);

    const { status, text } = await operator.submit(`?session=${id}`);
    expect(status).toBe(200);
    for (const value of ["hidden-1", "hidden-2", "hidden-3"]) expect(text).toContain(value);
    expect(actions).toEqual([[{ type: "reveal", id, subject: "ada" }, "POST"]]);
  });

  it("is found by its whole id, and by nothing that isn't one", async () => {
    const { operator, store } = open();
    const id = await settle(store, { subject: "grace" });
    expect((await operator.get(`?find=${id}`)).headers.get("location")).toBe(`?session=${id}`);
    expect((await operator.get("?find=ada")).headers.get("location")).toBe("?user=ada");
    for (const none of ["x", "../x", "A".repeat(43), "%00", "§ada"]) {
      const { status, words } = await operator.get(`?session=${none}`);
      expect([status, words.includes("No such session")]).toEqual([404, true]);
    }
  });
});

describe("the list", () => {
  it("goes forward page by page, and back the same way", async () => {
    const { operator, store } = open();
    await populate(store, 130);
    const idsOn = (text: string) => [...text.matchAll(/href="\?session=([\w-]{43})"/g)].map(([, id]) => id);
    const linkOn = (text: string, rel: string) =>
      new RegExp(`rel="${rel}" href="([^"]*)"`).exec(text)?.[1]?.replaceAll("&amp;", "&");

    const pages: string[] = [];
    for (
      let address: string | undefined = "?list=";
      address !== undefined;
      address = linkOn(pages.at(-1) ?? "", "next")
    ) {
      pages.push((await operator.get(address)).text);
    }
    expect(pages.map((page) => idsOn(page).length)).toEqual([50, 50, 30]);
    expect(new Set(pages.flatMap(idsOn)).size).toBe(130);

    const second = (await operator.get(linkOn(pages[2] ?? "", "prev") ?? "")).text;
    expect(idsOn(second)).toEqual(idsOn(pages[1] ?? ""));
    const first = (await operator.get(linkOn(second, "prev") ?? "")).text;
    expect(idsOn(first)).toEqual(idsOn(pages[0] ?? ""));
    expect(linkOn(first, "prev")).toBeUndefined();
  });

  it("is of one user, exactly", async () => {
    const { operator, store } = open();
    for (const subject of ["ada", "ada", "Ada", "adam"]) await settle(store, { subject });
    const rows = async (user: string) =>
      (await operator.get(`?user=${encodeURIComponent(user)}`)).text.match(/<tr role="row">\s*<td/g)?.length ?? 0;
    expect([await rows("ada"), await rows("Ada"), await rows("adam"), await rows("a")]).toEqual([2, 1, 1, 0]);
    for (const none of ["", "\0", "x".repeat(256)]) expect(await rows(none)).toBe(0);
  });

  it("says which one is the operator's own, and how to have browsers in it", async () => {
    const { operator, manager } = open();
    const session = await manager.open(null);
    session.login("ada");
    const [[, cookie] = []] = await manager.commit(session);
    operator.cookies.set("session", /session=([^;]+)/.exec(cookie ?? "")?.[1] ?? "");
    const { words } = await operator.get("?list=");
    expect(words).toMatch(/ada , session \S+ yours/);
    expect(words).toContain("device: true");
  });

  it("shows browser, system and network in words", async () => {
    const { operator, store } = open();
    const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
    await settle(store, { subject: "ada", device: { first: {}, last: { userAgent, address: "203.0.113.0/24" } } });
    const { words } = await operator.get("?list=");
    expect(words).toContain("Firefox 145 on Windows 203.0.113.0/24");
    expect(words).not.toContain("device: true");
  });
});

describe("what can't be done", () => {
  it("is said of sessions that are kept in the cookie", async () => {
    const manager = createSessionManager({ secret: "an example of thirty-two letters" });
    const { operator } = open({ manager });
    for (const address of ["", "?list=", "?user=ada"]) {
      expect((await operator.get(address)).words).toContain("kept in the cookies of the browsers");
    }
    expect((await operator.get("?do=end-everything")).status).toBe(501);
    expect((await operator.get("?session=x")).status).toBe(501);
  });

  it("is said of a store that can't list, while a session is found and ended by its id", async () => {
    const { list: _, ...store }: Store = forwarding(memoryStore());
    const { operator, manager } = open({ session: { store } });
    expect((await operator.get("")).words).toContain("Memcached is like that");
    expect((await operator.get("?do=end-everything")).status).toBe(501);
    const id = await settle(store, { subject: "ada" });
    expect((await operator.get(`?find=${id}`)).headers.get("location")).toBe(`?session=${id}`);
    expect((await operator.get(`?session=${id}`)).words).not.toContain("All sessions of this user");
    await operator.submit(`?do=end&session=${id}`);
    expect(await manager.get(id)).toBeUndefined();
  });

  it("is said while the store is down, and no more than that", async () => {
    const store = forwarding(memoryStore());
    const fail = async () => Promise.reject(new Error("password of the database"));
    const { operator } = open({ session: { store: { ...store, read: fail, list: () => failing(fail) } } });
    for (const address of ["", "?list=", `?session=${"A".repeat(43)}`]) {
      const { status, text } = await operator.get(address);
      expect([status, text.includes("password")]).toEqual([503, false]);
    }
  });
});

async function* failing(fail: () => Promise<never>): AsyncGenerator<never> {
  yield await fail();
}
