import express from "express";
import express4 from "express4";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/express.ts";
import { session } from "../../src/index.ts";
import { type Setup, testAdapter } from "../../src/testing/index.ts";
import { data, inMemory, open, unwritable } from "./open.ts";
import { respond } from "./respond.ts";

for (const [name, framework] of [
  ["express 5", express],
  ["express 4", express4],
] as const) {
  testAdapter({
    describe,
    it,
    name,
    errors: "handled",

    features: ["property", "text", "raw", "end", "https"],
    mount: (setup) => mount(framework, setup),
  });

  describe(`${name}, by its own means`, () => {
    it("stores whatever the way of answering", async () => {
      const app = framework();
      app.use(sessions(inMemory()));
      const count = () => {
        data(session)["count"] = Number(data(session)["count"] ?? 0) + 1;
      };
      app.use((_request, _response, next) => {
        count();
        next();
      });
      app.get("/redirect", (_request, response) => response.redirect("/json"));
      app.get("/json", (request, response) => void response.json(request.session));
      app.get("/file", (_request, response) => response.sendFile(import.meta.filename));
      app.get("/status", (_request, response) => void response.sendStatus(202));
      const browser = await open(app);
      const statuses = [];
      for (const path of ["/redirect", "/file", "/status", "/nowhere"]) {
        statuses.push((await browser.fetch(path)).status);
      }
      expect(statuses).toEqual([302, 200, 202, 404]);
      const range = await browser.fetch("/file", { headers: { range: "bytes=0-5" } });
      expect([range.status, await range.text()]).toEqual([206, "import"]);
      expect(await browser.json("/json")).toEqual({ count: 6 });
    });

    it("answers a conditional request with 304", async () => {
      const app = framework();
      app.use(sessions(inMemory()));
      app.get("/", (request, response) => {
        data(request.session)["seen"] = true;
        response.set("Cache-Control", "private").send("body");
      });
      const browser = await open(app);
      const etag = (await browser.fetch("/")).headers.get("etag") ?? "";
      // Not by fetch, which forbids the server to answer from a cache.
      const second = await browser.raw("/", [
        ["Cookie", browser.cookieHeader() ?? ""],
        ["If-None-Match", etag],
      ]);
      expect([second.status, second.headers.get("vary")]).toEqual([304, "Cookie"]);
    });

    it("hands the store's failure to the application's error handler, as before the handler", async () => {
      const app = framework();
      app.use(sessions(unwritable()));
      app.get("/", (request, response) => {
        data(request.session)["color"] = "red";
        response.status(201).set("X-Own", "1").send("done");
      });
      const sorry: express.ErrorRequestHandler = (error, _request, response, _next) => {
        response.json({ code: error.code, status: error.status, before: response.statusCode });
      };
      app.use(sorry);
      const response = await (await open(app)).fetch("/");
      expect(await response.json()).toEqual({ code: "ERR_STORE", status: 503, before: 200 });
      expect(response.headers.get("x-own")).toBeNull();
    });

    it("has a session only where it is mounted", async () => {
      const app = framework();
      app.use("/shop", sessions(inMemory()));
      app.use((request, response) => void response.send(typeof request.session));
      const browser = await open(app);
      expect([await browser.text("/shop"), await browser.text("/")]).toEqual(["object", "undefined"]);
    });

    it('follows "trust proxy" for Secure', async () => {
      const app = framework();
      app.set("trust proxy", true);
      app.use(sessions(inMemory({ cookie: { secure: "auto" } })));
      app.use((request, response) => {
        data(request.session)["seen"] = true;
        response.send("seen");
      });
      const browser = await open(app);
      const behindTls = browser.fork();
      await behindTls.fetch("/", { headers: { "x-forwarded-proto": "https" } });
      expect(behindTls.setCookies.join()).toMatch(/; Secure/);
      await browser.fetch("/");
      expect(browser.setCookies.join()).not.toMatch(/; Secure/);
    });
  });
}

function mount(framework: typeof express, setup: Setup) {
  const app = framework();
  for (const one of setup.sessions) app.use(sessions(one));
  app.use(framework.text());
  app.use((request, response, next) => {
    setup
      .handler({
        url: request.url,
        property: () => request.session,
        assign: (value) => Object.assign(request, { session: value }),
        text: () => request.body,
        raw: () => ({ request, response }),
      })
      .then((answer) => {
        if (answer === undefined) return;
        if (typeof answer.body !== "string") return respond(response, answer);
        response.status(answer.status);
        for (const [header, value] of answer.headers) response.append(header, value);
        response.send(answer.body);
      })
      .catch(next);
  });
  return app;
}
