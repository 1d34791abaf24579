import express from "express";
import express4 from "express4";
import Koa from "koa";
import passport from "passport";
import { Strategy } from "passport-local";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/express.ts";
import { sessions as koaSessions } from "../../src/adapters/koa.ts";
import { forPassport, type PassportOptions } from "../../src/adapters/passport.ts";
import {
  createSessionManager,
  getSession,
  type SessionInfo,
  type SessionManager,
  type SessionOptions,
  type Store,
  session,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import type { Client } from "../../src/testing/index.ts";
import { data, open } from "./open.ts";

const frameworks = [
  ["express 5", express],
  ["express 4", express4],
] as const;
const inSqlite = (): SessionOptions => ({ store: sqliteStore({ file: ":memory:" }) });
const inCookie = (): SessionOptions => ({ secret: "a secret of at least 32 characters" });
const form = { "content-type": "application/x-www-form-urlencoded" };

/** Something that a test waits for, and lets happen. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

interface Shop {
  browser: Client;
  manager: SessionManager;
  /** What a sign-in waits for, between `regenerate` and `save`; and tells that it waits. */
  serializing: { begun: () => void; mayEnd: Promise<void> };
  /** What a slow request waits for, having read its session. */
  slow: { begun: () => void; mayEnd: Promise<void> };
}

interface Setting {
  framework?: typeof express;
  options?: SessionOptions;
  serialized?: (name: string) => unknown;
  subject?: PassportOptions<never>["subject"];
  /** What the error page does. */
  onError?: () => void;
}

/** A shop with Passport: everybody's password is "right", and `keep` stands for keepSessionInfo. */
async function shop({
  framework = express,
  options = inSqlite(),
  serialized,
  subject,
  onError,
}: Setting = {}): Promise<Shop> {
  const manager = createSessionManager(options);
  const free = { begun: () => {}, mayEnd: Promise.resolve() };
  const opened: Omit<Shop, "browser"> = { manager, serializing: { ...free }, slow: { ...free } };
  const auth = new passport.Passport();
  auth.use(
    new Strategy((name, password, done) =>
      password === "right" ? done(null, { name }) : done(null, false, { message: "Wrong password" }),
    ),
  );
  auth.serializeUser(async (user, done) => {
    const { name } = user as { name: string };
    opened.serializing.begun();
    await opened.serializing.mayEnd;
    done(null, serialized === undefined ? name : serialized(name));
  });
  auth.deserializeUser((kept: unknown, done) => done(null, { kept }));

  const app = framework();
  app.use(sessions(manager));
  app.use(forPassport(subject === undefined ? {} : { subject }));
  app.use(auth.session());
  app.use(framework.urlencoded({ extended: false }));
  app.use((request, _response, next) => {
    Object.assign(request, { flash: (category: string, text: string) => getSession().flash(text, category) });
    next();
  });
  app.post("/login", auth.authenticate("local", { successRedirect: "/", failureMessage: true, failureFlash: true }));
  app.post("/login/keep", auth.authenticate("local", { keepSessionInfo: true }), (_request, response) => {
    response.redirect("/");
  });
  for (const [path, keepSessionInfo] of [
    ["/logout", false],
    ["/logout/keep", true],
  ] as const) {
    app.post(path, (request, response, next) => {
      request.logout({ keepSessionInfo }, (error) => (error ? next(error) : response.redirect("/")));
    });
  }
  app.post("/add/:item", async (request, response) => {
    void request.session;
    if (request.query["slow"] !== undefined) {
      opened.slow.begun();
      await opened.slow.mayEnd;
    }
    data(request.session)[request.params["item"] ?? ""] = true;
    response.end();
  });
  app.post("/plant", (request, response) => {
    const { save } = request.session as { save?: (done: () => void) => void };
    data(request.session)["passport"] = { user: request.query["user"] };
    save?.(() => response.end());
  });
  app.get("/", (request, response) => {
    response.json({
      user: (request.user as { kept: unknown } | undefined)?.kept ?? null,
      subject: getSession().subject ?? null,
      flashes: getSession().flashes({ category: "error" }),
      data: session,
    });
  });
  const sorry: express.ErrorRequestHandler = (error, request, response, _next) => {
    onError?.();
    const { code = error.name, message } = error;
    response.status(500).json({ code, message, user: request.user ?? null });
  };
  app.use(sorry);
  return Object.assign(opened, { browser: await open(app) });
}

function login(browser: Client, username: string, path = "/login", password = "right"): Promise<Response> {
  const body = new URLSearchParams({ username, password }).toString();
  return browser.fetch(path, { method: "POST", headers: form, body });
}
const post = (browser: Client, path: string): Promise<Response> => browser.fetch(path, { method: "POST" });
const token = (browser: Client): string | undefined => browser.cookieHeader();

async function listed(manager: SessionManager, subject?: string): Promise<SessionInfo[]> {
  const found: SessionInfo[] = [];
  for await (const info of manager.list(subject === undefined ? {} : { subject })) found.push(info);
  return found;
}

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
