import express from "express";
import express4 from "express4";
import Koa from "koa";
import passport from "passport";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/express.ts";
import { sessions as koaSessions } from "../../src/adapters/koa.ts";
import { forPassport } from "../../src/adapters/passport.ts";
import { createSessionManager, type SessionOptions, session } from "../../src/index.ts";
import { data, open } from "./open.ts";
import { gate, inSqlite, listed, login, post, shop, token } from "./passport-shop.ts";

const frameworks = [
  ["express 5", express],
  ["express 4", express4],
] as const;
const inCookie = (): SessionOptions => ({ secret: "a secret of at least 32 characters" });

for (const [name, framework] of frameworks) {
  for (const [keeping, options] of [
    ["a store", inSqlite],
    ["the cookie", inCookie],
  ] as const) {
    describe(`${name}, with sessions in ${keeping}`, () => {
      it("signs in under a new token, and drops what was there before", async () => {
        const { browser } = await shop({ framework, options: options() });
        await post(browser, "/add/tea");
        const before = token(browser);
        expect((await login(browser, "ann")).status).toBe(302);
        expect(token(browser)).not.toBe(before);
        const account = { user: "ann", subject: "ann", flashes: [], data: { passport: { user: "ann" } } };
        expect(await browser.json("/")).toEqual(account);
      });

      it("keeps what was there before, with keepSessionInfo", async () => {
        const { browser } = await shop({ framework, options: options() });
        await post(browser, "/add/tea");
        await login(browser, "ann", "/login/keep");
        expect(await browser.json("/")).toMatchObject({ subject: "ann", data: { tea: true } });
        await post(browser, "/logout/keep");
        expect(await browser.json("/")).toEqual({
          user: null,
          subject: null,
          flashes: [],
          data: { tea: true, passport: {} },
        });
      });

      it("never gives the data of one user to another", async () => {
        const { browser } = await shop({ framework, options: options() });
        await login(browser, "ann");
        await post(browser, "/add/ring");
        await login(browser, "ann", "/login/keep");
        expect(await browser.json("/")).toMatchObject({ subject: "ann", data: { ring: true } });
        await login(browser, "bob", "/login/keep");
        expect(await browser.json("/")).toMatchObject({ subject: "bob", data: { passport: { user: "bob" } } });
        expect(await browser.text("/")).not.toContain("ring");
      });

      it("signs out, with nothing left", async () => {
        const { browser } = await shop({ framework, options: options() });
        await login(browser, "ann");
        await post(browser, "/logout");
        expect(token(browser)).toBeUndefined();
        expect(await browser.json("/")).toEqual({ user: null, subject: null, flashes: [], data: {} });
      });

      it("keeps the message of a failure, and its flash", async () => {
        const { browser } = await shop({ framework, options: options() });
        expect((await login(browser, "ann", "/login", "wrong")).status).toBe(401);
        const message = "Wrong password";
        expect(await browser.json("/")).toEqual({
          user: null,
          subject: null,
          flashes: [{ message, category: "error" }],
          data: { messages: [message] },
        });
        expect(await browser.json("/")).toMatchObject({ flashes: [] });
      });
    });
  }
}

describe("the sessions of a user", () => {
  it("are listed, and ended from outside", async () => {
    const { browser, manager } = await shop();
    const phone = browser.fork();
    await login(browser, "ann");
    await login(phone, "ann");
    expect(await listed(manager, "ann")).toHaveLength(2);
    expect(await manager.revokeAll("ann")).toBe(2);
    expect(await phone.json("/")).toMatchObject({ user: null, subject: null });
    expect(await listed(manager)).toEqual([]);
  });

  it("go by the id that the application names", async () => {
    const numbered = await shop({ serialized: () => 0 });
    await login(numbered.browser, "ann");
    expect(await numbered.browser.json("/")).toMatchObject({ user: 0, subject: "0" });

    const named = await shop({
      serialized: (name) => ({ name }),
      subject: ({ name }: { name: string }) => `user:${name}`,
    });
    await login(named.browser, "ann");
    expect(await named.browser.json("/")).toMatchObject({ user: { name: "ann" }, subject: "user:ann" });
    expect(await listed(named.manager, "user:ann")).toHaveLength(1);
  });

  it("keep what parallel requests store while they begin", async () => {
    const { browser, serializing } = await shop();
    await post(browser, "/add/tea");
    const [waiting, end] = [gate(), gate()];
    Object.assign(serializing, { begun: waiting.open, mayEnd: end.passed });
    const other = browser.fork();
    const signedIn = login(browser, "ann", "/login/keep");
    await waiting.passed;
    await post(other, "/add/cup");
    end.open();
    await signedIn;
    expect(await browser.json("/")).toMatchObject({ subject: "ann", data: { tea: true, cup: true } });
  });
});

it("shows its methods to nobody but who calls them", async () => {
  const app = express();
  app.use(sessions(inSqlite()), forPassport());
  app.use((request, response) => {
    data(request.session)["tea"] = true;
    const keys = [Object.keys(request.session), Object.keys(session), Object.keys({ ...session })];
    response.json({ keys, text: JSON.stringify(request.session), plain: structuredClone(request.session) });
  });
  const seen = { keys: [["tea"], ["tea"], ["tea"]], text: '{"tea":true}', plain: { tea: true } };
  expect(await (await open(app)).json("/")).toEqual(seen);
});

it("saves without a callback, too", async () => {
  const app = express();
  app.use(sessions(inSqlite()), forPassport());
  app.get("/write", (request, response) => {
    const { save } = request.session as { save?: () => void };
    data(request.session)["tea"] = true;
    save?.();
    response.end();
  });
  app.get("/", (request, response) => void response.json(request.session));
  const browser = await open(app);
  await browser.fetch("/write");
  expect(await browser.json("/")).toEqual({ tea: true });
});

it("reads a lazy session", async () => {
  const { browser } = await shop({ options: { ...inSqlite(), lazy: true } });
  await login(browser, "ann");
  expect(await browser.json("/")).toMatchObject({ user: "ann", subject: "ann" });
});

it("needs sessions before it", async () => {
  const app = express();
  app.use(forPassport());
  expect(await (await (await open(app)).fetch("/")).text()).toContain("before the sessions middleware");
});

it("serves Koa, where Passport is given the context", async () => {
  const auth = new passport.Passport();
  auth.serializeUser((user, done) => done(null, (user as { name: string }).name));
  auth.deserializeUser((name: string, done) => done(null, { name }));
  const bridge = forPassport();
  const manager = createSessionManager(inSqlite());

  const app = new Koa();
  app.use(koaSessions(manager));
  app.use((ctx, next) => bridge(ctx.req, ctx.res, next));
  app.use(async (ctx) => {
    const request = ctx as unknown as express.Request;
    await new Promise((resolve) => auth.initialize()(request, ctx.res as express.Response, resolve));
    await new Promise((resolve) => auth.session()(request, ctx.res as express.Response, resolve));
    if (ctx.path === "/login") await new Promise((resolve) => request.login({ name: "ann" }, resolve));
    if (ctx.path === "/logout") await new Promise((resolve) => request.logout(resolve));
    ctx.body = { user: request.user ?? null };
  });
  const browser = await open(app.callback());
  await browser.fetch("/login");
  expect(await browser.json("/")).toEqual({ user: { name: "ann" } });
  expect(await listed(manager, "ann")).toHaveLength(1);
  await browser.fetch("/logout");
  expect(await browser.json("/")).toEqual({ user: null });
  expect(await listed(manager)).toEqual([]);
});
