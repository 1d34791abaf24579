/** Passport's ways of failing, and who would gain by them. */
import express from "express";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/express.ts";
import { forPassport } from "../../src/adapters/passport.ts";
import { getSession, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { data, open } from "./open.ts";
import { gate, inSqlite, listed, login, post, shop } from "./passport-shop.ts";

describe("an attacker", () => {
  it("who planted his own token has nothing after the victim's login", async () => {
    const { browser } = await shop();
    await post(browser, "/add/bait");
    const attacker = browser.fork();
    await login(browser, "ann");
    expect(await browser.json("/")).toMatchObject({ user: "ann" });
    expect(await attacker.json("/")).toEqual({ user: null, subject: null, flashes: [], data: {} });
    await post(attacker, "/add/more");
    expect(await browser.text("/")).not.toContain("more");
  });

  it("can't revive a session by a request that was under way at the logout", async () => {
    const { browser, manager, slow } = await shop();
    await login(browser, "ann");
    const thief = browser.fork();
    const [waiting, end] = [gate(), gate()];
    Object.assign(slow, { begun: waiting.open, mayEnd: end.passed });
    const underWay = post(thief, "/add/back?slow");
    await waiting.passed;
    await post(browser, "/logout");
    end.open();
    expect((await underWay).headers.getSetCookie()).toEqual([]);
    expect(await thief.json("/")).toMatchObject({ user: null, subject: null, data: {} });
    expect(await listed(manager)).toEqual([]);
  });

  it("gains nothing by a user of Passport's in a session that is nobody's, or another's", async () => {
    const { browser, manager } = await shop();
    await post(browser, "/plant?user=ann");
    expect(await browser.json("/")).toEqual({ user: null, subject: null, flashes: [], data: {} });
    await login(browser, "bob");
    await post(browser, "/plant?user=ann");
    expect(await browser.json("/")).toEqual({ user: null, subject: "bob", flashes: [], data: {} });
    expect((await listed(manager, "bob"))[0]?.data).toEqual({});
  });
});

describe("an error", () => {
  it("of the store reaches Passport's callback, and nobody is signed in", async () => {
    const store = memoryStore();
    let down = false;
    const create: Store["create"] = async (...args) => {
      if (down) throw new Error("the store is down");
      return store.create(...args);
    };
    const failing: Store = {
      create,
      read: (...args) => store.read(...args),
      replace: (...args) => store.replace(...args),
      delete: (...args) => store.delete(...args),
    };
    const recover = () => {
      down = false;
    };
    const { browser } = await shop({ options: { store: failing, storeTimeout: 0.2 }, onError: recover });
    await post(browser, "/add/tea");
    down = true;
    const failed = await login(browser, "ann", "/login/keep");
    expect([failed.status, await failed.json()]).toMatchObject([500, { code: "ERR_STORE", user: null }]);
    expect(await browser.json("/")).toEqual({ user: null, subject: null, flashes: [], data: {} });
  });

  it("of a user without an id names the option, and leaves nobody in the session", async () => {
    const { browser, manager } = await shop({ serialized: (name) => ({ name }) });
    const failed = await login(browser, "ann");
    expect(failed.status).toBe(500);
    const message = expect.stringContaining("option subject");
    expect(await failed.json()).toEqual({ code: "TypeError", message, user: null });
    expect(await browser.json("/")).toEqual({ user: null, subject: null, flashes: [], data: {} });
    expect(await listed(manager)).toEqual([]);
  });

  it("of an earlier login as somebody else leaves the first one signed out", async () => {
    const { browser, manager } = await shop({ serialized: (name) => (name === "bob" ? undefined : name) });
    await login(browser, "ann");
    expect((await login(browser, "bob")).status).toBe(500);
    expect(await browser.json("/")).toMatchObject({ user: null, subject: null });
    expect(await listed(manager)).toEqual([]);
  });

  it.each([false, true])("says which key of the data is Passport's, lazy or not (%s)", async (lazy) => {
    const app = express();
    app.use(sessions({ ...inSqlite(), lazy }));
    app.use("/own", async (request, response) => {
      await getSession().load();
      data(request.session)["save"] = true;
      response.end();
    });
    app.use(forPassport());
    const browser = await open(app);
    await browser.fetch("/own");
    const answer = await browser.fetch("/");
    expect([answer.status, await answer.text()]).toEqual([
      500,
      expect.stringContaining("session.save: Passport calls it"),
    ]);
  });

  it("is an option that isn't one", () => {
    expect(() => forPassport({ subject: "id" as never })).toThrow("subject: a function");
  });
});
