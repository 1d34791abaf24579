import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import Koa from "koa";
import Koa2 from "koa2";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/koa.ts";
import { type Setup, testAdapter } from "../../src/testing/index.ts";
import { data, inMemory, open, unwritable } from "./open.ts";

for (const [name, Framework] of [
  ["koa 3", Koa],
  ["koa 2", Koa2],
] as const) {
  testAdapter({
    describe,
    it,
    name,
    errors: "escapes",

    features: ["property", "text", "raw", "end", "https", "http2"],
    mount: (setup) => mount(Framework, setup),
  });

  describe(`${name}, by its own means`, () => {
    it("stores whatever the way of answering", async () => {
      const app = new Framework();
      app.use(sessions(inMemory()));
      app.use((ctx) => {
        data(ctx.session)["count"] = Number(data(ctx.session)["count"] ?? 0) + 1;
        if (ctx.path === "/redirect") ctx.redirect("/json");
        if (ctx.path === "/json") ctx.body = ctx.session;
        if (ctx.path === "/stream") ctx.body = Readable.from(["one ", "two"]);
        if (ctx.path === "/cookie") ctx.cookies.set("theme", "dark");
      });
      const browser = await open(app.callback());
      expect((await browser.fetch("/redirect")).status).toBe(302);
      expect(await browser.text("/stream")).toBe("one two");
      expect((await browser.fetch("/nowhere")).status).toBe(404);
      await browser.fetch("/cookie");
      expect(browser.cookieHeader()).toMatch(/session=.*theme=dark/);
      expect(await browser.json("/json")).toEqual({ count: 5 });
    });

    it("commits what a middleware inside makes of an error", async () => {
      const app = new Framework();
      app.use(sessions(inMemory()));
      app.use(async (ctx, next) => {
        try {
          await next();
        } catch {
          ctx.body = "sorry";
        }
      });
      app.use((ctx) => {
        const seen = data(ctx.session)["seen"];
        data(ctx.session)["seen"] = true;
        if (seen === undefined) ctx.throw(401);
        ctx.body = "seen";
      });
      const browser = await open(app.callback());
      expect([await browser.text("/"), await browser.text("/")]).toEqual(["sorry", "seen"]);
    });

    it("tells the application of the store's failure", async () => {
      const app = new Framework();
      const errors: unknown[] = [];
      app.on("error", (error) => errors.push(error.code));
      app.use(sessions(unwritable()));
      app.use((ctx) => {
        data(ctx.session)["color"] = "red";
        ctx.set("X-Own", "1");
        ctx.body = "done";
      });
      const response = await (await open(app.callback())).fetch("/");
      expect([response.status, response.headers.get("x-own"), errors]).toEqual([503, null, ["ERR_STORE"]]);
    });

    it("follows `app.proxy` for Secure", async () => {
      const app = new Framework({ proxy: true });
      app.use(sessions(inMemory({ cookie: { secure: "auto" } })));
      app.use((ctx) => {
        data(ctx.session)["seen"] = true;
        ctx.body = "seen";
      });
      const browser = await open(app.callback());
      const behindTls = browser.fork();
      await behindTls.fetch("/", { headers: { "x-forwarded-proto": "https" } });
      expect(behindTls.setCookies.join()).toMatch(/; Secure/);
      await browser.fetch("/");
      expect(browser.setCookies.join()).not.toMatch(/; Secure/);
    });
  });
}

function mount(Framework: typeof Koa, setup: Setup) {
  const app = new Framework();
  app.silent = true;
  for (const one of setup.sessions) app.use(sessions(one));
  app.use(async (ctx) => {
    const answer = await setup.handler({
      url: ctx.url,
      property: () => ctx.session,
      assign: (value) => Object.assign(ctx, { session: value }),
      text: () => text(ctx.req),
      raw: () => {
        ctx.respond = false;
        ctx.res.statusCode = 200; // Koa begins with 404
        return { request: ctx.req, response: ctx.res };
      },
    });
    if (answer === undefined) return;
    ctx.status = answer.status;
    for (const [header, value] of answer.headers) ctx.append(header, value);
    if (answer.body !== undefined)
      ctx.body = typeof answer.body === "string" ? answer.body : Readable.from(answer.body);
    else ctx.body = null;
    ctx.status = answer.status;
  });
  return app.callback();
}
