import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionManager, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { SECRET } from "./lib/stores.ts";
import { setCookies, Visitor, write } from "./lib/visitor.ts";

const KEEPERS: [string, () => SessionOptions][] = [
  ["in a store", () => ({ store: memoryStore() })],
  ["in a store, signed", () => ({ store: memoryStore(), secret: SECRET })],
  ["in a store that sees tokens", () => ({ store: memoryStore(), hashIds: false })],
  ["in a store, lazily", () => ({ store: memoryStore(), lazy: true })],
  ["in the cookie", () => ({ secret: SECRET })],
];

/** One request; loads first, for the lazy ones. */
async function visit(browser: Visitor, act: Parameters<Visitor["visit"]>[0]) {
  const session = await browser.open();
  await session.load();
  await act(session, session.data);
  return browser.commit(session);
}

async function look(browser: Visitor, manager: SessionManager = browser.manager) {
  const session = await manager.open(browser.cookie);
  await session.load();
  return { data: session.data, subject: session.subject, permanent: session.permanent };
}

describe.each(KEEPERS)("kept %s", (_name, options) => {
  const start = () => new Visitor(createSessionManager(options()));

  it("login keeps what an anonymous visitor had, under a new cookie", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      data.a = 1;
      session.flash("hello");
    });
    const before = browser.cookie;
    await visit(browser, (session) => session.login("alice"));
    expect(browser.cookie).not.toBe(before);
    expect(await look(browser)).toMatchObject({ data: { a: 1 }, subject: "alice" });
    await visit(browser, (session) => expect(session.flashes()).toHaveLength(1));
  });

  it("login of the same subject keeps the data, under a new cookie", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      session.login("alice");
      data.a = 1;
    });
    const before = browser.cookie;
    await visit(browser, (session) => session.login("alice"));
    expect(browser.cookie).not.toBe(before);
    expect(await look(browser)).toMatchObject({ data: { a: 1 }, subject: "alice" });
  });

  it("login of another subject drops data and messages", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      session.login("alice");
      data.a = 1;
      session.flash("for alice");
    });
    await visit(browser, (session, data) => {
      session.login("bob");
      expect(session.flashes()).toEqual([]);
      data.b = 2;
    });
    expect(await look(browser)).toMatchObject({ data: { b: 2 }, subject: "bob" });
  });

  it("logout, then login in one request: nothing of the first is left", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      session.login("alice");
      data.a = 1;
    });
    await visit(browser, (session) => {
      session.logout();
      session.login("bob");
    });
    expect(await look(browser)).toMatchObject({ data: {}, subject: "bob" });
  });

  it("login, then logout in one request: nobody is logged in", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      data.a = 1;
      session.login("alice");
      session.logout();
    });
    expect(browser.cookie).toBeUndefined();
  });

  it("logout, then a farewell: nobody is logged in", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      session.login("alice");
      data.a = 1;
    });
    await visit(browser, (session) => {
      session.logout();
      session.flash("Bye");
    });
    expect(await look(browser)).toMatchObject({ data: {}, subject: undefined });
    await visit(browser, (session) => expect(session.flashes()).toHaveLength(1));
  });

  it("logout resets permanent to its default", async () => {
    const browser = start();
    await visit(browser, (session) => {
      session.login("alice");
      session.permanent = false;
    });
    await visit(browser, (session, data) => {
      session.logout();
      data.a = 1;
    });
    expect((await look(browser)).permanent).toBe(true);
  });

  it("regenerate keeps all, under a new cookie", async () => {
    const browser = start();
    await visit(browser, (session, data) => {
      session.login("alice");
      data.a = 1;
    });
    const before = browser.cookie;
    const headers = await visit(browser, (session) => session.regenerate());
    expect(setCookies(headers)).toHaveLength(1);
    expect(browser.cookie).not.toBe(before);
    expect(await look(browser)).toMatchObject({ data: { a: 1 }, subject: "alice" });
  });

  it("regenerate of a new and empty session does nothing", async () => {
    const browser = start();
    expect(setCookies(await visit(browser, (session) => session.regenerate()))).toEqual([]);
  });
});

describe.each(KEEPERS.slice(0, 4))("kept %s", (_name, options) => {
  const start = () => new Visitor(createSessionManager(options()));

  it.each(["login", "regenerate", "logout"] as const)("%s kills the old token", async (how) => {
    const browser = start();
    await visit(browser, (session, data) => {
      session.login("alice");
      data.a = 1;
    });
    const thief = browser.fork();
    await visit(browser, (session) => (how === "login" ? session.login("alice") : session[how]()));
    expect(await look(thief)).toMatchObject({ data: {}, subject: undefined });
    expect(setCookies(await visit(thief, write("a", 2)))).toEqual([]);
    expect(await look(thief)).toMatchObject({ data: {}, subject: undefined });
  });
});

describe("a subject", () => {
  it.each([
    ["empty", ""],
    ["a number", 7],
    ["undefined", undefined],
    ["with NUL", "a\0b"],
    ["of 256 bytes", "é".repeat(128)],
  ])("%s is a TypeError", async (_name, subject) => {
    const session = await createSessionManager({ secret: SECRET }).open(null);
    expect(() => session.login(subject as string)).toThrow(TypeError);
    expect(session.subject).toBeUndefined();
  });

  it("of 255 bytes, of any characters, is kept exactly", async () => {
    for (const subject of ["x".repeat(255), "é".repeat(127), " a ", "__proto__", "a:b/c", "ALICE", "\u2028"]) {
      const browser = new Visitor(createSessionManager({ store: memoryStore() }));
      await browser.visit((session) => session.login(subject));
      expect((await browser.look()).subject).toBe(subject);
    }
  });
});
