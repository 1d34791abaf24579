import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { expect, it, onTestFinished } from "vitest";
import { sessions as expressSessions } from "../../src/adapters/express.ts";
import { sessions as fastifySessions } from "../../src/adapters/fastify.ts";
import { sessions as fetchSessions } from "../../src/adapters/fetch.ts";
import { sessions as honoSessions } from "../../src/adapters/hono.ts";
import { sessions as koaSessions } from "../../src/adapters/koa.ts";
import { NodeClient, WebClient } from "../../src/adapters/lib/client.ts";
import { sessions as nodeSessions } from "../../src/adapters/node.ts";
import { markLogin } from "../../src/flask/flask-login.ts";
import { flaskSession, readFlaskCookie } from "../../src/flask/index.ts";
import { getSession, type SessionOptions } from "../../src/index.ts";
import type { RequestListener } from "../../src/testing/index.ts";

type Listener = (options: SessionOptions) => RequestListener | Promise<RequestListener>;

const login = () => getSession().login("alice");

const adapters: Record<string, Listener> = {
  express(options) {
    const app = express();
    app.use(expressSessions(options));
    app.get("/", (_request, response) => {
      login();
      response.end();
    });
    return app;
  },
  koa(options) {
    const app = new Koa();
    app.use(koaSessions(options));
    app.use((ctx) => {
      login();
      ctx.body = "";
    });
    return app.callback();
  },
  async fastify(options) {
    const app = Fastify();
    await app.register(fastifySessions, options);
    app.get("/", async () => {
      login();
      return "";
    });
    await app.ready();
    return (request, response) => app.routing(request as never, response as never);
  },
  hono(options) {
    const app = new Hono();
    app.use(honoSessions(options));
    app.get("/", (c) => {
      login();
      return c.text("");
    });
    return getRequestListener(app.fetch);
  },
  node: (options) =>
    nodeSessions(options)((_request, response) => {
      login();
      response.end();
    }),
  fetch(options) {
    const handler = fetchSessions(options)(() => {
      login();
      return new Response();
    });
    return getRequestListener(async (request) => handler(request));
  },
};

const SECRET_KEY = "dev";

/** The `_id` that a login leaves in the session. */
async function markBy(listen: Listener, host: string, headers: Record<string, string>): Promise<unknown> {
  const server: Server = createServer(await listen(flaskSession({ SECRET_KEY })));
  await once(server.listen(0, host), "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
  const [line = ""] = response.headers.getSetCookie();
  return readFlaskCookie(/^session=([^;]+)/.exec(line)?.[1] ?? "", { SECRET_KEY })?.["_id"];
}

function markOf(address: string | undefined, userAgent: string, forwardedFor?: string): unknown {
  const data: Record<string, unknown> = {};
  markLogin(data, { address, userAgent, forwardedFor });
  return data["_id"];
}

// A Fetch request knows no address.
const addressBy = (name: string) => (name === "fetch" ? undefined : "127.0.0.1");

it.each(Object.entries(adapters))("%s tells login() the address and the user agent", async (name, listen) => {
  const mark = await markBy(listen, "127.0.0.1", { "user-agent": "me" });
  expect(mark).toBe(markOf(addressBy(name), "me"));
});

it.each(Object.entries(adapters))("%s tells login() X-Forwarded-For", async (_name, listen) => {
  const headers = { "user-agent": "me", "x-forwarded-for": "203.0.113.9, 10.0.0.1" };
  expect(await markBy(listen, "127.0.0.1", headers)).toBe(markOf(undefined, "me", "203.0.113.9"));
});

it.each(["::ffff:127.0.0.1", "::FFFF:127.0.0.1", "127.0.0.1"])("%s counts as 127.0.0.1", (remoteAddress) => {
  const request = { headers: {}, socket: { remoteAddress } } as never;
  expect(new NodeClient(request).address).toBe("127.0.0.1");
  expect(new NodeClient(request, { protocol: "http", ip: remoteAddress }).address).toBe("127.0.0.1");
});

it("IPv6 addresses stay what they are", () => {
  const request = { headers: {}, socket: { remoteAddress: "::ffff:1" } } as never;
  expect(new NodeClient(request).address).toBe("::ffff:1");
});

it("a framework's word counts over the socket's", () => {
  const request = { headers: {}, socket: { remoteAddress: "10.0.0.1" } } as never;
  const client = new NodeClient(request, { protocol: "https", ip: "203.0.113.9" });
  expect([client.address, client.secure]).toEqual(["203.0.113.9", true]);
});

it("a Fetch request has no headers: nothing is told", () => {
  const client = new WebClient(new Request("https://example.com"));
  expect([client.address, client.forwardedFor, client.userAgent, client.secure]).toEqual([
    undefined,
    undefined,
    undefined,
    true,
  ]);
});
