import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { streamText } from "hono/streaming";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sessions } from "../../src/adapters/hono.ts";
import { getSession, SessionError } from "../../src/index.ts";
import { createClient, testAdapter } from "../../src/testing/index.ts";
import { data, inMemory, unwritable } from "./open.ts";
import { toResponse } from "./respond.ts";

testAdapter({
  describe,
  it,
  name: "hono",
  errors: "handled",
  features: ["property", "text", "https", "http2"],
  mount(setup) {
    const app = new Hono();
    for (const one of setup.sessions) app.use(sessions(one));
    app.all("*", async (c) => {
      const url = new URL(c.req.url);
      const answer = await setup.handler({
        url: url.pathname + url.search,
        property: () => c.get("session"),
        assign: (value) => c.set("session", value as never),
        text: () => c.req.text(),
      });
      return toResponse(answer ?? { status: 500, headers: [] });
    });
    return getRequestListener(app.fetch);
  },
});

/** A browser that calls the application without a server. */
function direct(app: Hono) {
  return createClient("http://localhost", { fetch: async (url, init) => app.request(url.href, init) });
}

describe("hono, by its own means", () => {
  it("stores whatever the way of answering", async () => {
    const app = new Hono();
    app.use(sessions(inMemory()));
    app.use(async (c, next) => {
      data(c.var.session)["count"] = Number(data(c.get("session"))["count"] ?? 0) + 1;
      await next();
    });
    app.get("/redirect", (c) => c.redirect("/json"));
    app.get("/json", (c) => c.json(c.var.session));
    app.get("/exception", () => {
      throw new HTTPException(401, { message: "who are you?" });
    });
    const browser = direct(app);
    const statuses = [];
    for (const path of ["/redirect", "/exception", "/nowhere"]) statuses.push((await browser.fetch(path)).status);
    expect(statuses).toEqual([302, 401, 404]);
    expect(await browser.json("/json")).toEqual({ count: 4 });
  });

  it("stores what is saved while a stream is written", async () => {
    const app = new Hono();
    app.use(sessions(inMemory()));
    app.get("/stream", (c) => {
      data(c.var.session)["before"] = true;
      return streamText(c, async (stream) => {
        await stream.write("one ");
        await getSession().update((stored) => {
          data(stored)["during"] = true;
        });
        await stream.write("two");
      });
    });
    app.get("/all", (c) => c.json(c.var.session));
    const browser = direct(app);
    expect(await browser.text("/stream")).toBe("one two");
    expect(await browser.json("/all")).toEqual({ before: true, during: true });
  });

  it("hands the store's failure to the application's error handler, without the handler's headers", async () => {
    const app = new Hono();
    app.use(sessions(unwritable()));
    app.onError((error, c) => c.json(error instanceof SessionError ? { code: error.code } : {}, 503));
    app.get("/", (c) => {
      data(c.var.session)["color"] = "red";
      c.header("X-Own", "1");
      return c.text("done", 201);
    });
    const response = await direct(app).fetch("/");
    expect([response.status, response.headers.get("x-own")]).toEqual([503, null]);
    expect(await response.json()).toEqual({ code: "ERR_STORE" });
  });

  it("by default tells the log: Hono answers with an error's response, and is silent then", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const app = new Hono();
    app.get("/before", (c) => c.json(getSession().data));
    app.use(sessions(unwritable()));
    app.get("/", (c) => {
      data(c.var.session)["color"] = "red";
      return c.text("done");
    });
    const [before, failed] = [await app.request("/before"), await app.request("/")];
    expect([before.status, failed.status]).toEqual([500, 503]);
    expect(log.mock.calls.flat()).toEqual([
      // Where the mistake was made, too.
      expect.stringMatching(/^dewar: ERR_NO_SESSION: no session here: [^\n]*\n +at .*hono\.test\.ts/s),
      expect.stringMatching(/^dewar: ERR_STORE: [^\n]*$/),
    ]);
  });
});
