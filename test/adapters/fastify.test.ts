import { Readable } from "node:stream";
import { fastify } from "fastify";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/fastify.ts";
import { type RequestListener, type Setup, testAdapter } from "../../src/testing/index.ts";
import { data, inMemory, open, unwritable } from "./open.ts";

testAdapter({
  describe,
  it,
  name: "fastify 5",
  errors: "handled",

  features: ["property", "text", "raw", "end", "https", "http2"],
  mount,
});

describe("fastify 5, by its own means", () => {
  it("stores whatever the way of answering", async () => {
    const app = fastify();
    await app.register(sessions, inMemory());
    app.addHook("preHandler", async (request) => {
      data(request.session)["count"] = Number(data(request.session)["count"] ?? 0) + 1;
    });
    app.get("/redirect", (_request, reply) => reply.redirect("/json"));
    app.get("/json", async (request) => request.session);
    app.get("/stream", (_request, reply) => reply.send(Readable.from(["one ", "two"])));
    app.get("/response", async () => new Response("body", { status: 202 }));
    app.get("/invalid", { schema: { querystring: { type: "object", required: ["page"] } } }, async () => "valid");
    await app.ready();
    const browser = await open(app.routing);
    expect((await browser.fetch("/redirect")).status).toBe(302);
    expect(await browser.text("/stream")).toBe("one two");
    expect((await browser.fetch("/response")).status).toBe(202);
    expect((await browser.fetch("/nowhere")).status).toBe(404);
    expect((await browser.fetch("/invalid")).status).toBe(400);
    expect(await browser.json("/json")).toEqual({ count: 5 });
  });

  it("hands the store's failure to the application's error handler, as before the handler", async () => {
    const app = fastify();
    await app.register(sessions, unwritable());
    app.setErrorHandler((error: Error & { code?: string; status?: number }, _request, reply) =>
      reply.code(error.status ?? 500).send({ code: error.code }),
    );
    app.get("/", (request, reply) => {
      data(request.session)["color"] = "red";
      return reply.code(201).header("X-Own", "1").send("done");
    });
    await app.ready();
    const response = await (await open(app.routing)).fetch("/");
    expect([response.status, response.headers.get("x-own")]).toEqual([503, null]);
    expect(await response.json()).toEqual({ code: "ERR_STORE" });
  });

  it("stays within the plugin that registers it, together with what that plugin registers", async () => {
    const app = fastify();
    await app.register(async (shop) => {
      await shop.register(sessions, inMemory());
      shop.get("/shop", async (request) => typeof request.session);
    });
    app.get("/", async (request) => typeof request.session);
    await app.ready();
    const browser = await open(app.routing);
    expect([await browser.text("/shop"), await browser.text("/")]).toEqual(["object", "undefined"]);
  });

  it("follows `trustProxy` for Secure", async () => {
    const app = fastify({ trustProxy: true });
    await app.register(sessions, inMemory({ cookie: { secure: "auto" } }));
    app.get("/", async (request) => {
      data(request.session)["seen"] = true;
      return "seen";
    });
    await app.ready();
    const browser = await open(app.routing);
    const behindTls = browser.fork();
    await behindTls.fetch("/", { headers: { "x-forwarded-proto": "https" } });
    expect(behindTls.setCookies.join()).toMatch(/; Secure/);
    await browser.fetch("/");
    expect(browser.setCookies.join()).not.toMatch(/; Secure/);
  });

  it("works under inject()", async () => {
    const app = fastify();
    await app.register(sessions, inMemory());
    app.get("/", async (request) => {
      data(request.session)["count"] = Number(data(request.session)["count"] ?? 0) + 1;
      return request.session;
    });
    const first = await app.inject("/");
    const [cookie = ""] = String(first.headers["set-cookie"]).split(";");
    const second = await app.inject({ url: "/", headers: { cookie } });
    expect(second.json()).toEqual({ count: 2 });
    expect(second.headers["set-cookie"]).toBeUndefined();
  });

  it("called with options, as elsewhere: says how it is mounted", async () => {
    const misused = sessions as unknown as (options: object) => Promise<void>;
    await expect(misused({ store: inMemory() })).rejects.toThrow(/^sessions: .*app\.register\(sessions, \{ store \}\)/);
  });
});

async function mount(setup: Setup): Promise<RequestListener> {
  const app = fastify();
  for (const one of setup.sessions) await app.register(sessions, one);
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.all("/*", async (request, reply) => {
    const answer = await setup.handler({
      url: request.url,
      property: () => request.session,
      assign: (value) => Object.assign(request, { session: value }),
      text: () => request.body as string,
      raw: () => {
        reply.hijack();
        return { request: request.raw, response: reply.raw };
      },
    });
    if (answer === undefined) return reply;
    reply.code(answer.status);
    for (const [header, value] of answer.headers) reply.header(header, value);
    return reply.send(typeof answer.body === "object" ? Readable.from(answer.body) : answer.body);
  });
  await app.ready();
  return app.routing;
}
