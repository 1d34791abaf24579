import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import express, { type Request, type Response } from "express";
import { afterEach, expect, it } from "vitest";
import { sessions } from "../../src/adapters/express.ts";
import { getSession, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { gate, listOf, withMethods } from "../core/lib/stores.ts";

/*
 * docs/why.md says what express-session lacks. A page must not say so of others by hearsay: here both run the same
 * application, express-session with the settings that its documentation recommends.
 */

/** Its types declare a `req.session` of their own, which ours can't stand beside: so it comes without. */
const expressSession = createRequire(import.meta.url)("express-session") as {
  (options: object): express.RequestHandler;
  MemoryStore: new () => PeerStore;
};

type Done = (error?: unknown) => void;

interface PeerStore {
  sessions: object;
  set(id: string, session: object, done?: Done): void;
}

interface PeerSession {
  [key: string]: unknown;
  regenerate(done: Done): void;
  destroy(done: Done): void;
}

/** Milliseconds. */
const WRITE_TAKES = 150;

/** What the application needs of a library. */
interface Library {
  middleware: express.RequestHandler;
  data(request: Request): Record<string, unknown>;
  login(request: Request, user: string): Promise<void>;
  logout(request: Request): Promise<void>;
  /** How many writes were carried out. */
  writes(): number;
  /** What the store knows sessions by. */
  ids(): Promise<string[]>;
}

function dewar(): Library {
  const inner = memoryStore();
  let writes = 0;
  const slowly = async <T>(write: () => Promise<T>): Promise<T> => {
    await sleep(WRITE_TAKES);
    writes++;
    return write();
  };
  const store: Store = withMethods(inner, {
    create: (...args) => slowly(() => inner.create(...args)),
    replace: (...args) => slowly(() => inner.replace(...args)),
  });
  return {
    middleware: sessions({ store, cookie: { secure: false } }),
    data: () => getSession().data as Record<string, unknown>,
    login: async (_request, user) => getSession().login(user),
    logout: async () => getSession().logout(),
    writes: () => writes,
    async ids() {
      const ids: string[] = [];
      for await (const { id } of listOf(inner)({})) ids.push(id);
      return ids;
    },
  };
}

function peer(): Library {
  const store = new expressSession.MemoryStore();
  const set = store.set.bind(store);
  let writes = 0;
  store.set = (id, session, done) => {
    setTimeout(() => {
      writes++;
      set(id, session, done);
    }, WRITE_TAKES);
  };
  const promised = (call: (done: Done) => void) =>
    new Promise<void>((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
  return {
    middleware: expressSession({ secret: "keyboard cat", store, resave: false, saveUninitialized: false }),
    data: sessionOf,
    async login(request, user) {
      await promised((done) => sessionOf(request).regenerate(done));
      Object.assign(sessionOf(request), { user });
    },
    logout: (request) => promised((done) => sessionOf(request).destroy(done)),
    writes: () => writes,
    ids: async () => Object.keys(store.sessions),
  };
}

function sessionOf(request: Request): PeerSession {
  return (request as unknown as { session: PeerSession }).session;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function start(library: Library) {
  const [arrived, released] = [gate(), gate()];
  const app = express();
  app.use(library.middleware);
  app.get("/login", async (request: Request, response: Response) => {
    await library.login(request, "ann");
    response.end("in");
  });
  app.get("/logout", async (request: Request, response: Response) => {
    await library.logout(request);
    response.end("out");
  });
  app.get("/set/:key", (request: Request, response: Response) => {
    library.data(request)[String(request.params["key"])] = true;
    response.redirect("/all");
  });
  app.get("/slow/:key", async (request: Request, response: Response) => {
    const data = library.data(request);
    arrived.open();
    await released.opened;
    data[String(request.params["key"])] = true;
    response.end("slow");
  });
  app.get("/all", (request: Request, response: Response) => {
    response.json(library.data(request));
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  closing.push(
    () => void server.closeAllConnections(),
    () => void server.close(),
  );
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let cookie = "";
  const get = async (path: string): Promise<globalThis.Response> => {
    const response = await fetch(origin + path, { headers: { cookie }, redirect: "manual" });
    const [line] = response.headers.getSetCookie();
    if (line !== undefined && !line.includes("Max-Age=0")) cookie = line.split(";")[0] ?? "";
    return response;
  };
  const done = async (path: string) => (await get(path)).text();
  return { get, done, all: async () => JSON.parse(await done("/all")), arrived, released, cookie: () => cookie };
}

const libraries = [
  { name: "dewar", make: dewar, holds: true },
  { name: "express-session", make: peer, holds: false },
];

it.each(libraries)("$name: of two requests at once both keep their changes: $holds", async ({ make, holds }) => {
  const { done, all, arrived, released } = await start(make());
  await done("/set/first");
  const slow = done("/slow/a");
  await arrived.opened;
  await done("/set/b");
  released.open();
  await slow;
  const { b = false, ...others } = await all();
  expect(others).toMatchObject({ first: true, a: true });
  expect(b).toBe(holds);
});

it.each(libraries)("$name: a logout outlives a slower request: $holds", async ({ name, make, holds }) => {
  const made = make();
  const { done, arrived, released, all } = await start(made);
  await done("/login");
  const slow = done("/slow/a");
  await arrived.opened;
  await done("/logout");
  released.open();
  await slow;
  const after = await all();
  expect(after["a"] !== true).toBe(holds);
  if (name === "express-session") expect(after["user"]).toBe("ann");
});

it.each(libraries)("$name: a redirect leaves when the session is stored: $holds", async ({ make, holds }) => {
  const made = make();
  const { get } = await start(made);
  const response = await get("/set/a");
  expect(response.status).toBe(302);
  expect(made.writes() === 1).toBe(holds);
  await response.text();
});

it.each(libraries)("$name: the store knows no token: $holds", async ({ make, holds }) => {
  const made = make();
  const { done, cookie } = await start(made);
  await done("/set/a");
  const [id = ""] = await made.ids();
  expect(id).not.toBe("");
  expect(!decodeURIComponent(cookie()).includes(id)).toBe(holds);
});
