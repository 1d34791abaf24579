import { describe, expect, it } from "vitest";
import { createSessionManager, type Session } from "../../src/index.ts";
import { heldStore, recordingStore } from "./lib/stores.ts";
import { dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

const NOT_LOADED = expect.objectContaining({ code: "ERR_NOT_LOADED" });

async function start() {
  const { store, calls } = recordingStore();
  const browser = new Visitor(createSessionManager({ store, lazy: true }));
  await browser.visit((session, data) => {
    session.login("alice");
    data.a = 1;
  });
  calls.length = 0;
  return { browser, store, calls };
}

describe("a lazy session", () => {
  it("costs nothing until it is loaded", async () => {
    const { browser, calls } = await start();
    expect(await browser.commit(await browser.open())).toEqual([]);
    expect(calls).toEqual([]);
  });

  it("of a new visitor needs no load", async () => {
    const { browser, calls } = await start();
    const session = await browser.manager.open(null);
    expect(dataOf(session)).toEqual({});
    await session.load();
    expect(calls).toEqual([]);
  });

  it.each<[string, (session: Session) => unknown]>([
    ["data", (session) => session.data],
    ["isNew", (session) => session.isNew],
    ["subject", (session) => session.subject],
    ["createdAt", (session) => session.createdAt],
    ["authenticatedAt", (session) => session.authenticatedAt],
    ["expiresAt", (session) => session.expiresAt],
    ["permanent", (session) => session.permanent],
    ["permanent = ", (session) => Object.assign(session, { permanent: false })],
    ["clear", (session) => session.clear()],
    ["flash", (session) => session.flash("x")],
    ["flashes", (session) => session.flashes()],
  ])("%s is ERR_NOT_LOADED", async (_name, look) => {
    const { browser, calls } = await start();
    const session = await browser.open();
    expect(() => look(session)).toThrow(NOT_LOADED);
    expect(session.id).toBeUndefined();
    await browser.commit(session);
    expect(calls).toEqual([]);
  });

  it("save and update are ERR_NOT_LOADED", async () => {
    const { browser } = await start();
    const session = await browser.open();
    await expect(session.save()).rejects.toThrow(NOT_LOADED);
    await expect(session.update(() => undefined)).rejects.toThrow(NOT_LOADED);
  });

  it("is read once, by load", async () => {
    const { browser, calls } = await start();
    const session = await browser.open();
    await Promise.all([session.load(), session.load()]);
    await session.load();
    expect([session.subject, dataOf(session)]).toEqual(["alice", { a: 1 }]);
    dataOf(session).a = 2;
    await browser.commit(session);
    expect(calls).toEqual(["read", "replace"]);
  });

  it("login reads at the commit: it keeps or drops as ever", async () => {
    const { browser, calls } = await start();
    const [same, other] = [browser, browser.fork()];
    const one = await same.open();
    one.login("alice");
    await same.commit(one);
    expect(calls.filter((call) => call !== "replace")).toEqual(["read", "create"]);
    const loaded = await same.open();
    await loaded.load();
    expect([loaded.subject, dataOf(loaded)]).toEqual(["alice", { a: 1 }]);

    const two = await other.open();
    two.login("bob");
    await other.commit(two);
    const found = await other.open();
    await found.load();
    expect([found.subject, dataOf(found)]).toEqual(["bob", {}]);
  });

  it("login, then load: what was noted is applied to what was read", async () => {
    const { browser } = await start();
    const session = await browser.open();
    session.login("bob");
    await session.load();
    expect([session.subject, dataOf(session)]).toEqual(["bob", {}]);
    dataOf(session).b = 2;
    await browser.commit(session);
    const found = await browser.open();
    await found.load();
    expect([found.subject, dataOf(found)]).toEqual(["bob", { b: 2 }]);
  });

  it("login during the load is applied too", async () => {
    const { store, hold } = heldStore("read");
    const browser = new Visitor(createSessionManager({ store, lazy: true }));
    await browser.visit(write("a", 1));
    const session = await browser.open();
    const { reached, release } = hold();
    const loading = session.load();
    await reached;
    session.login("alice");
    release();
    await loading;
    expect([session.subject, dataOf(session)]).toEqual(["alice", { a: 1 }]);
  });

  it("logout during the load wins", async () => {
    const { store, hold } = heldStore("read");
    const browser = new Visitor(createSessionManager({ store, lazy: true }));
    await browser.visit(write("a", 1));
    const copy = browser.fork(createSessionManager({ store }));
    const session = await browser.open();
    const { reached, release } = hold();
    const loading = session.load();
    await reached;
    session.logout();
    release();
    await loading;
    expect(dataOf(session)).toEqual({});
    await browser.commit(session);
    expect(browser.cookie).toBeUndefined();
    expect((await copy.look()).data).toEqual({});
  });

  it("regenerate reads at the commit", async () => {
    const { browser } = await start();
    const before = browser.fork();
    const session = await browser.open();
    session.regenerate();
    await browser.commit(session);
    expect(browser.cookie).not.toBe(before.cookie);
    const [now, then] = [await browser.open(), await before.open()];
    await Promise.all([now.load(), then.load()]);
    expect([now.subject, then.subject]).toEqual(["alice", undefined]);
  });

  it.each(["logout", "destroy"] as const)("%s needs no load, and two calls at most", async (end) => {
    const { browser, calls } = await start();
    const copy = browser.fork();
    const session = await browser.open();
    session[end]();
    expect(dataOf(session)).toEqual({});
    expect(setCookies(await browser.commit(session))[0]).toMatch(/^session=; Max-Age=0;/);
    expect(calls.length).toBeLessThanOrEqual(2);
    const found = await copy.open();
    await found.load();
    expect([found.subject, dataOf(found)]).toEqual([undefined, {}]);
  });

  it("logout, then login is a session of its own", async () => {
    const { browser } = await start();
    const session = await browser.open();
    session.logout();
    session.login("bob");
    dataOf(session).b = 2;
    await browser.commit(session);
    const found = await browser.open();
    await found.load();
    expect([found.subject, dataOf(found)]).toEqual(["bob", { b: 2 }]);
  });

  it("of an unknown token is a new one once loaded", async () => {
    const { browser } = await start();
    const session = await browser.manager.open(`session=${"A".repeat(43)}`);
    await session.load();
    expect([session.isNew, dataOf(session)]).toEqual([true, {}]);
  });

  it("regenerate under an unknown token makes nothing", async () => {
    const { browser } = await start();
    const session = await browser.manager.open(`session=${"A".repeat(43)}`);
    session.regenerate();
    expect(setCookies(await browser.manager.commit(session))).toEqual([]);
  });
});
