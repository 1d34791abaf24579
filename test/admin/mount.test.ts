import { createServer, type RequestListener, type Server } from "node:http";
import { connect, createSecureServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import express4 from "express4";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import Koa2 from "koa2";
import { afterEach, describe, expect, it } from "vitest";
import { sessions as expressSessions } from "../../src/adapters/express.ts";
import { sessions as fastifySessions } from "../../src/adapters/fastify.ts";
import { sessions as honoSessions } from "../../src/adapters/hono.ts";
import { sessions as koaSessions } from "../../src/adapters/koa.ts";
import { sessions as nodeSessions } from "../../src/adapters/node.ts";
import { type AdminPage, admin, toFastify, toKoa, toNode } from "../../src/admin/index.ts";
import { createSessionManager, getSession, type SessionManager, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { selfSigned } from "../../src/testing/adapter/certificate.ts";
import { settle } from "./lib/population.ts";

const PATH = "/admin/sessions";
/** What the route does that signs somebody in. */
const signIn = (): string => {
  getSession().login("ada");
  return "welcome";
};

type Mount = (page: AdminPage, manager: SessionManager) => RequestListener | Promise<RequestListener>;

/** Each framework's one line, in an application with sessions and, where it has them, parsers of its own. */
const mounts: Record<string, Mount> = {
  "express 5": (page, manager) => inExpress(express, page, manager),
  "express 4": (page, manager) => inExpress(express4 as unknown as typeof express, page, manager),
  "express 5 with a parser of texts": (page, manager) => inExpress(express, page, manager, express.text()),
  "koa 3": (page, manager) => inKoa(Koa, page, manager),
  "koa 2": (page, manager) => inKoa(Koa2 as unknown as typeof Koa, page, manager),
  fastify: async (page, manager) => {
    const app = fastify();
    app.register(fastifySessions, manager);
    app.get("/sign-in", () => signIn());
    app.all(PATH, toFastify(page));
    await app.ready();
    return (req, res) => app.routing(req, res);
  },
  hono: (page, manager) => {
    const app = new Hono();
    app.use(honoSessions(manager));
    app.get("/sign-in", (c) => c.text(signIn()));
    app.all(PATH, (c) => page(c.req.raw));
    return getRequestListener(app.fetch);
  },
  "hono, mounted": (page, manager) => {
    const app = new Hono();
    app.use(honoSessions(manager));
    app.get("/sign-in", (c) => c.text(signIn()));
    app.mount(PATH, (request) => page(request));
    return getRequestListener(app.fetch);
  },
  "node:http": (page, manager) => {
    const mounted = toNode(page);
    return nodeSessions(manager)((req, res) => {
      if (req.url?.startsWith(PATH)) return mounted(req, res);
      return res.end(signIn());
    }) as RequestListener;
  },
};

function inExpress(
  framework: typeof express,
  page: AdminPage,
  manager: SessionManager,
  parser?: express.RequestHandler,
) {
  const app = framework();
  app.use(framework.json(), framework.urlencoded({ extended: true }));
  if (parser) app.use(parser);
  app.use(expressSessions(manager));
  app.get("/sign-in", (_req, res) => res.send(signIn()));
  app.use(PATH, toNode(page));
  return app as RequestListener;
}

function inKoa(Framework: typeof Koa, page: AdminPage, manager: SessionManager) {
  const app = new Framework();
  const mounted = toKoa(page);
  app.use(koaSessions(manager));
  app.use((ctx, next) => (ctx.path.startsWith(PATH) ? mounted(ctx) : next()));
  app.use((ctx) => {
    ctx.body = signIn();
  });
  return app.callback();
}

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(mount: Mount) {
  const store: Store = memoryStore();
  const manager = createSessionManager({ store, cookie: { secure: false } });
  const seen: (string | undefined)[] = [];
  const authorize = (_request: Request, { address }: { address?: string | undefined }) => {
    seen.push(address);
    return getSession().subject === "ada";
  };
  server = createServer(await mount(admin({ manager, authorize }), manager)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server?.once("listening", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cookies = new Map<string, string>();
  const visit = async (address: string, init: RequestInit = {}) => {
    const Cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const headers = { Cookie, Origin: origin, ...init.headers };
    const response = await fetch(new URL(address, origin), { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { store, manager, visit, seen, origin };
}

describe.each(Object.entries(mounts))("in %s, the page", (name, mount) => {
  it("knows who is signed in, with its forms and links below its path", async () => {
    const { store, manager, visit, seen } = await serve(mount);
    const id = await settle(store, { subject: "grace" });
    expect((await visit(PATH)).status).toBe(403);
    await visit("/sign-in");

    const list = await visit(`${PATH}?list=`);
    expect([list.status, list.text.match(/class="who/g)?.length]).toEqual([200, 2]);
    expect(list.text).toContain('<span class="mine">yours</span>');
    expect(list.headers.get("content-security-policy")).toContain("default-src 'none'");

    const address = `${PATH}?do=end&session=${id}`;
    const token = /name="token" value="([^"]*)"/.exec((await visit(address)).text)?.[1];
    const post = { method: "POST", headers: { "Content-Type": "text/plain" }, body: `token=${token}\r\n` };
    const ended = await visit(address, post);
    expect([ended.status, ended.headers.get("location")?.slice(0, 22)]).toEqual([303, "?user=grace&note=sessi"]);
    expect(await manager.get(id)).toBeUndefined();
    expect((await visit(address, { ...post, headers: { Origin: "http://evil.example.com" } })).status).toBe(403);
    if (!name.startsWith("hono")) expect(seen.at(-1)).toBe("127.0.0.1");
  });

  it("refuses other bodies than its own, however they are parsed", async () => {
    const { visit } = await serve(mount);
    await visit("/sign-in");
    for (const [type, body] of [
      ["application/x-www-form-urlencoded", "token=x"],
      ["application/json", '{"token":"x"}'],
      ["text/plain", "token=x".repeat(10_000)],
      ["text/plain", ""],
    ] as const) {
      const { status } = await visit(`${PATH}?do=end-everything`, {
        method: "POST",
        headers: { "Content-Type": type },
        body,
      });
      expect([403, 415]).toContain(status);
    }
  });
});

describe("the page in node:http", () => {
  it("survives requests that are none", async () => {
    const { visit, origin } = await serve(mounts["node:http"] as Mount);
    await visit("/sign-in");
    const { request } = await import("node:http");
    for (const headers of [{ Host: "a b" }, { Host: "" }, { Host: "[" }]) {
      const status = await new Promise((resolve, reject) =>
        request(`${origin}${PATH}`, { headers }, (response) => resolve(response.resume().statusCode))
          .on("error", reject)
          .end(),
      );
      expect(status).toBe(403);
    }
    expect((await visit(`${PATH}//evil.example.com/?list=`)).status).toBe(200);
  });
});

describe("the page in node:http2", () => {
  it("does the same over TLS, with a key that no neighbour can set", async () => {
    const store = memoryStore();
    const manager = createSessionManager({ store });
    const id = await settle(store, { subject: "grace" });
    const page = admin({
      manager,
      authorize: (_request, { address, secure }) => secure === true && address === "127.0.0.1",
    });
    const tls = createSecureServer(selfSigned(), toNode(page)).listen(0, "127.0.0.1");
    await new Promise((resolve) => tls.once("listening", resolve));
    const origin = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
    const client = connect(origin, { rejectUnauthorized: false });
    const ask = async (headers: Record<string, string>, body?: string) => {
      const method = body === undefined ? "GET" : "POST";
      const stream = client.request({ ":path": `${PATH}?do=end&session=${id}`, ":method": method, ...headers });
      const answered = new Promise<IncomingHttpHeaders>((resolve) => stream.once("response", resolve));
      stream.end(body);
      return { headers: await answered, body: await text(stream) };
    };

    const asked = await ask({});
    const cookie = /^__Host-dewar-admin=[^;]*/.exec(asked.headers["set-cookie"]?.[0] ?? "")?.[0] ?? "";
    const token = /name="token" value="([^"]*)"/.exec(asked.body)?.[1];
    const ended = await ask({ cookie, origin, "content-type": "text/plain" }, `token=${token}\r\n`);
    expect(ended.headers[":status"]).toBe(303);
    expect(await manager.get(id)).toBeUndefined();
    client.close();
    tls.close();
  });
});
