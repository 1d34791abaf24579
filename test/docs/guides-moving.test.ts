import { createRequire } from "node:module";
import express, { type RequestHandler } from "express";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/express.ts";
import { createSessionManager, getSession, type SessionManager, session } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type Client, createClient } from "../../src/testing/index.ts";
import { open } from "../adapters/open.ts";
import { runBlock, setEnvironment } from "./lib/guides.ts";

/*
 * Sessions of other libraries, taken over by the code of the guides: the old application is a real one.
 */

const OLD_SECRET = "the old secret";
const NEW_SECRET = "a secret of at least 32 characters";

describe("Moving from express-session", async () => {
  // Its types declare a `req.session` of their own.
  const expressSession = createRequire(import.meta.url)("express-session");
  interface OldStore {
    get(id: string, done: (error: unknown, found?: object | null) => void): void;
    length(done: (error: unknown, count: number) => void): void;
  }
  const { moveFromExpressSession } = await runBlock<{
    moveFromExpressSession(
      store: object,
      secrets: string[],
      userOf: (old: { userId?: number }) => string | undefined,
    ): RequestHandler;
  }>("from-express-session", "export function moveFromExpressSession");

  interface Move {
    /** The browser of somebody who had a cart, and was signed in, in the old application. */
    moved: Client;
    manager: SessionManager;
    store: OldStore;
    /** How many sessions the old store has. */
    left(): Promise<number>;
  }

  async function move(secrets = [OLD_SECRET]): Promise<Move> {
    const store: OldStore = new expressSession.MemoryStore();
    const before = express();
    const cookie = { secure: "auto", maxAge: 60_000 };
    before.use(expressSession({ secret: OLD_SECRET, store, resave: false, saveUninitialized: false, cookie }));
    before.get("/fill", (request, response) => {
      Object.assign(request.session, { cart: ["tea"], userId: 42 });
      response.end();
    });
    const browser = await open(before);
    await browser.fetch("/fill");

    const manager = createSessionManager({ store: memoryStore() });
    const after = express();
    after.use(sessions(manager));
    after.use(moveFromExpressSession(store, secrets, ({ userId }) => userId?.toString()));
    after.get("/", (_request, response) => {
      response.json({ user: getSession().subject ?? null, data: session });
    });
    after.post("/logout", (_request, response) => {
      getSession().logout();
      response.end();
    });
    const left = () => new Promise<number>((resolve) => store.length((_error, count) => resolve(count)));
    const moved = await open(after);
    // Without its end, as a thief would keep it.
    moved.jar.receive([`${browser.setCookies[0]?.split(";")[0]}; Path=/`], "https://127.0.0.1");
    return { moved, manager, store, left };
  }

  const taken = { user: "42", data: { cart: ["tea"], userId: 42 } };
  const stranger = { user: null, data: {} };

  it("takes a session over once, and signs nobody out", async () => {
    const { moved, manager, left } = await move();
    const thief = moved.fork();
    expect(await moved.json("/")).toEqual(taken);
    expect(moved.cookieHeader()).toMatch(/^session=[\w-]+$/);
    expect(await moved.json("/")).toEqual(taken);
    expect(await left()).toBe(0);
    await manager.revokeAll("42");
    expect([await moved.json("/"), await thief.json("/")]).toEqual([stranger, stranger]);
  });

  it("brings nothing back after a logout", async () => {
    const { moved } = await move();
    const copy = moved.fork();
    await moved.json("/");
    await moved.fetch("/logout", { method: "POST" });
    expect([await moved.json("/"), await copy.json("/")]).toEqual([stranger, stranger]);
  });

  it("takes secrets in turn, and nothing that isn't signed by one", async () => {
    const rotated = await move(["a newer one", OLD_SECRET]);
    expect(await rotated.moved.json("/")).toEqual(taken);
    const forged = await move(["another"]);
    expect(await forged.moved.json("/")).toEqual(stranger);
    expect(await forged.left()).toBe(1);
    for (const value of ["", "%", "s%3A.", "s%3Aid.", "s%3Aid.%ff", "s:id.x"]) {
      const answer = await forged.moved.raw("/", [["Cookie", `connect.sid=${value}`]]);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, stranger]);
    }
  });

  it("takes nothing over that is over, even from a store that doesn't look", async () => {
    const { moved, store } = await move();
    store.get = (_id, done) => done(null, { userId: 42, cookie: { expires: "2020-01-01T00:00:00.000Z" } });
    expect(await moved.json("/")).toEqual(stranger);
  });

  it("leaves the old session where it is while one of the stores fails", async () => {
    const { moved, store, left } = await move();
    const { get } = store;
    store.get = (_id, done) => done(new Error("the old store is down"));
    expect((await moved.fetch("/")).status).toBe(500);
    store.get = get;
    expect(await left()).toBe(1);
    expect(await moved.json("/")).toEqual(taken);
  });

  it("leaves a session that was begun anew", async () => {
    const { moved, manager } = await move();
    const made = await manager.open(null);
    made.login("7");
    const cookies = (await manager.commit(made)).flatMap(([name, value]) => (name === "Set-Cookie" ? [value] : []));
    moved.jar.receive(cookies, "https://127.0.0.1");
    expect(await moved.json("/")).toEqual({ user: "7", data: {} });
  });
});

describe("Moving from iron-session", () => {
  /** As iron-session's: a seal that doesn't verify gives an empty object. */
  const seals = new Map<string, object>([["Fe26.2*1*known", { userId: "ann", cart: ["tea"] }]]);
  const unsealData = async (seal: string) => seals.get(seal) ?? {};

  it("takes over what is in the old cookie, once", async () => {
    setEnvironment("SESSION_SECRET", NEW_SECRET);
    const { handler } = await runBlock<{ handler: (request: Request) => Promise<Response> }>(
      "from-iron-session",
      "export const handler",
      { unsealData },
    );
    const browser = createClient("https://example.com", {
      fetch: async (url, init) => handler(new Request(url, init)),
    });
    browser.jar.receive(["iron-session=Fe26.2*1*known; Path=/; Secure"], "https://example.com");
    expect(await browser.json("/")).toEqual({ user: "ann", cart: ["tea"] });
    expect(browser.cookieHeader()).toMatch(/^session=[^;]+$/);
    expect(await browser.json("/")).toEqual({ user: "ann", cart: ["tea"] });

    const forger = browser.fork();
    forger.jar.receive(["session=; Max-Age=0", "iron-session=Fe26.2*1*forged; Path=/"], "https://example.com");
    expect(await forger.json("/")).toEqual({ user: null, cart: [] });
  });
});

describe("Moving from Flask", () => {
  it("reads Flask's own cookie", async () => {
    setEnvironment("SECRET_KEY", "a secret key of Flask's");
    const { app } = await runBlock<{ app: express.Express }>("from-flask", "export const app");
    expect(await (await open(app)).text("/whoami")).toBe("nobody");
  });
});
