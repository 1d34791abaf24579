import type express from "express";
import type { FastifyInstance } from "fastify";
import type Koa from "koa";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { getSession, type SessionManager } from "../../src/index.ts";
import { type Client, type RequestListener, settableClock } from "../../src/testing/index.ts";
import { open } from "../adapters/open.ts";
import { form, runBlock, setEnvironment } from "./lib/guides.ts";

/*
 * The code of the guides, taken from the pages themselves and run.
 */

interface Application {
  app: RequestListener;
  manager: SessionManager;
}

const passwords = new Map<string, string>();
afterEach(() => passwords.clear());
const users = {
  checkPassword: async (name: string, password: string) => (passwords.get(name) === password ? name : undefined),
  changePassword: async (name: string, password: string) => void passwords.set(name, password),
};

async function count(manager: SessionManager, subject: string): Promise<number> {
  let found = 0;
  for await (const _ of manager.list({ subject })) found++;
  return found;
}

/** Gives a browser what a session made outside it owes. */
function receive({ jar }: Client, headers: readonly [name: string, value: string][]): void {
  const cookies = headers.filter(([name]) => name.toLowerCase() === "set-cookie");
  jar.receive(
    cookies.map(([, line]) => line),
    "https://127.0.0.1",
  );
}

function stopClock() {
  const clock = settableClock();
  onTestFinished(() => clock.restore());
  return clock;
}

describe("Sign-in and sign-out", async () => {
  const { app, manager } = await runBlock<Application>("sign-in", "export const app", users);
  const account = form({ name: "ann", password: "old" });

  it("returns to where the visitor wanted to go, and nowhere else", async () => {
    passwords.set("ann", "old");
    const browser = await open(app);
    expect((await browser.fetch("/account")).headers.get("location")).toBe("/login");
    expect((await browser.fetch("/login", form({ name: "ann", password: "no" }))).headers.get("location")).toBe(
      "/login",
    );
    expect((await browser.fetch("/login", account)).headers.get("location")).toBe("/account");
    expect(await browser.text("/account")).toBe("You are ann");

    for (const returnTo of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
      const lured = await open(app);
      const session = await manager.open(null);
      Object.assign(session.data, { returnTo });
      receive(lured, await manager.commit(session));
      expect((await lured.fetch("/login", account)).headers.get("location")).toBe("/");
    }
  });

  it("asks for the password again, and a new one ends all other devices", async () => {
    passwords.set("ann", "old");
    const clock = stopClock();
    const browser = await open(app);
    const other = browser.fork();
    await other.fetch("/login", account);
    await browser.fetch("/login", account);
    clock.advance("6m");
    const change = form({ password: "new" });
    expect((await browser.fetch("/password", change)).headers.get("location")).toBe("/login");
    await browser.fetch("/login", account);
    const before = browser.cookieHeader();
    expect((await browser.fetch("/password", change)).headers.get("location")).toBe("/account");
    expect(browser.cookieHeader()).not.toBe(before);
    expect((await browser.fetch("/account")).status).toBe(200);
    expect((await other.fetch("/account")).status).toBe(302);
    const thief = browser.fork();
    await browser.fetch("/logout", { method: "POST" });
    expect((await thief.fetch("/account")).status).toBe(302);
    expect(await count(manager, "ann")).toBe(0);
  });
});

describe("Flash messages", () => {
  it("shows each once, and escapes it", async () => {
    setEnvironment("SESSION_SECRET", "a secret of at least 32 characters");
    const { app } = await runBlock<Application>("flash", "export const app");
    const browser = await open(app);
    await browser.fetch("/address", form({ street: "Main Street" }));
    await browser.fetch("/address", form({}));
    expect(await browser.text("/")).toBe(
      '<p class="message">Your address is saved.</p>\n<p class="error">The street is missing.</p>',
    );
    expect(await browser.text("/")).toBe("");
  });
});

describe("Remember me", async () => {
  const { app } = await runBlock<Application>("remember-me", "export const app", users);

  it("remembers beyond the browser's end, and for weeks", async () => {
    passwords.set("ann", "right");
    const clock = stopClock();
    const browser = await open(app);
    await browser.fetch("/login", form({ name: "ann", password: "right", remember: "on" }));
    browser.jar.endBrowserSession();
    clock.advance("29d");
    expect(await browser.text("/")).toBe("ann");
    clock.advance("29d");
    expect(await browser.text("/")).toBe("ann");
    clock.advance("33d");
    expect(await browser.text("/")).toBe("nobody");
  });

  it("otherwise ends with the browser, and in any case after twelve hours", async () => {
    passwords.set("ann", "right");
    const clock = stopClock();
    const browser = await open(app);
    await browser.fetch("/login", form({ name: "ann", password: "right" }));
    const closed = browser.fork();
    closed.jar.endBrowserSession();
    expect(await closed.text("/")).toBe("nobody");
    clock.advance("11h");
    expect(await browser.text("/")).toBe("ann");
    clock.advance("1h");
    expect(await browser.text("/")).toBe("nobody");
  });
});

describe("Sign out everywhere", () => {
  it("shows the devices, and ends one's own alone", async () => {
    const { app, manager } = await runBlock<Application>("sign-out-everywhere", "export const app");
    const browser = await open(app);
    const [laptop, phone, stranger] = [browser, browser.fork(), browser.fork()];
    for (const [device, user] of [
      [laptop, "ann"],
      [phone, "ann"],
      [stranger, "bob"],
    ] as const) {
      const session = await manager.open(null, { userAgent: "Test/1", address: "203.0.113.7" });
      session.login(user);
      receive(device, await manager.commit(session));
    }
    const devices = (await phone.json("/devices")) as { id: string; isThis: boolean }[];
    expect(devices).toHaveLength(2);
    expect(devices).toContainEqual(
      expect.objectContaining({ isThis: false, userAgent: "Test/1", address: "203.0.113.0/24" }),
    );
    const lost = devices.find(({ isThis }) => !isThis)?.id;
    expect((await stranger.fetch(`/devices/${lost}/end`, { method: "POST" })).status).toBe(404);
    expect((await laptop.fetch("/devices")).status).toBe(200);
    await phone.fetch(`/devices/${lost}/end`, { method: "POST" });
    expect((await laptop.fetch("/devices")).status).toBe(302);
    await phone.fetch("/devices/end-others", { method: "POST" });
    expect(await count(manager, "ann")).toBe(1);
    expect((await phone.fetch("/devices")).status).toBe(200);
  });
});

describe("Passport", () => {
  it("signs in and out, by dewar's own sessions", async () => {
    const { app, manager } = await runBlock<Application>("passport", "export const app");
    const browser = await open(app);
    const wrong = await browser.fetch("/login", form({ username: "ann", password: "battery staple" }));
    expect(wrong.headers.get("location")).toBe("/login");
    expect(await browser.text("/")).toBe("Hello stranger");
    await browser.fetch("/login", form({ username: "ann", password: "correct horse" }));
    expect(await browser.text("/")).toBe("Hello again");
    expect(await count(manager, "user-42")).toBe(1);
    await browser.fetch("/logout", { method: "POST" });
    expect(await browser.text("/")).toBe("Hello stranger");
    expect(await count(manager, "user-42")).toBe(0);
  });
});

describe("Behind a proxy", async () => {
  const { inExpress, inKoa, inFastify, manager } = await runBlock<{
    inExpress: express.Express;
    inKoa: Koa;
    inFastify: FastifyInstance;
    manager: SessionManager;
  }>("proxy", "export const inExpress");
  inExpress.use((_request, response) => {
    getSession().login("express");
    response.end();
  });
  inKoa.use((ctx) => {
    getSession().login("koa");
    ctx.body = "";
  });
  inFastify.get("/", () => {
    getSession().login("fastify");
    return "";
  });
  await inFastify.ready();

  it.each([
    ["express", inExpress],
    ["koa", inKoa.callback()],
    ["fastify", inFastify.routing],
  ] as const)("believes one proxy, and nobody before it (%s)", async (user, app) => {
    const browser = await open(app as RequestListener);
    const forwarded = { "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.1, 203.0.113.7" };
    await browser.fetch("/", { headers: forwarded });
    expect(browser.setCookies.join()).toMatch(/; Secure/);
    for await (const { device } of manager.list({ subject: user })) expect(device?.last.address).toBe("203.0.113.0/24");
    expect(await count(manager, user)).toBe(1);

    const plain = await open(app as RequestListener);
    await plain.fetch("/", { headers: { "x-forwarded-proto": "http" } });
    expect(plain.setCookies.join()).not.toMatch(/; Secure/);
  });
});

describe("Several applications", () => {
  it("keeps two sessions apart in one application", async () => {
    const { app } = await runBlock<{ app: express.Express }>("several-applications", "export const app");
    const browser = await open(app);
    await browser.fetch("/login", { method: "POST" });
    await browser.fetch("/office/login", { method: "POST" });
    expect(browser.setCookies.join()).toMatch(/^staff=.*; Path=\/office; .*SameSite=Strict/);
    expect(browser.cookieHeader("/")).not.toContain("staff=");
    expect(await browser.json("/office")).toEqual({ clerk: "clerk-7", customer: "customer-1" });
  });
});

describe("Testing your application", async () => {
  // Its tests are tests here.
  await runBlock("testing", "function makeApp");

  it("runs code in a session, without a request", async () => {
    expect(await runBlock("testing", "export const size")).toMatchObject({ size: 1 });
  });
});
