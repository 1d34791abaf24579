import { strict as assert } from "node:assert";
import type { ServerResponse } from "node:http";
import { data } from "./routes.ts";
import type { Case } from "./stage.ts";

/** A way to answer 201 with `X-Own: kept` and the body "done", on Node's own response. */
interface Form {
  name: string;
  respond(response: ServerResponse): void;
}

const FORMS: readonly Form[] = [
  {
    name: "writeHead(status), headers set before",
    respond: (response) => response.setHeader("X-Own", "kept").writeHead(201).end("done"),
  },
  {
    name: "writeHead(status, object)",
    respond: (response) => response.writeHead(201, { "X-Own": "kept" }).end("done"),
  },
  {
    name: "writeHead(status, message, object)",
    respond: (response) => response.writeHead(201, "Made", { "X-Own": "kept" }).end("done"),
  },
  {
    name: "writeHead(status, message)",
    respond: (response) => response.setHeader("X-Own", "kept").writeHead(201, "Made").end("done"),
  },
  {
    name: "writeHead(status, flat array)",
    respond: (response) => response.writeHead(201, ["X-Own", "kept", "X-Other", "1"]).end("done"),
  },
  {
    name: "writeHead(status, array of pairs)",
    respond: (response) =>
      response
        .writeHead(201, [
          ["X-Own", "kept"],
          ["X-Other", "1"],
        ])
        .end("done"),
  },
  {
    name: "writeHead(status, flat array), other headers set before",
    respond: (response) => response.setHeader("X-Other", "1").writeHead(201, ["X-Own", "kept"]).end("done"),
  },
  {
    name: "writeHead(status, object) over a header set before",
    respond: (response) => response.setHeader("X-Own", "lost").writeHead(201, { "x-own": "kept" }).end("done"),
  },
  {
    name: "writeHead, then write and end",
    respond: (response) => {
      response.writeHead(201, { "X-Own": "kept" });
      response.write("do");
      response.write("ne");
      response.end();
    },
  },
  {
    name: "flushHeaders, then end",
    respond: (response) => {
      response.statusCode = 201;
      response.setHeader("X-Own", "kept");
      response.flushHeaders();
      response.end("done");
    },
  },
  {
    name: "headers implied by write",
    respond: (response) => {
      response.statusCode = 201;
      response.setHeader("X-Own", "kept");
      response.write("do");
      response.end("ne");
    },
  },
  {
    name: "headers implied by end",
    respond: (response) => {
      response.statusCode = 201;
      response.setHeader("X-Own", "kept");
      response.end(Buffer.from("done"));
    },
  },
  {
    name: "write and end with encodings and callbacks",
    respond: (response) => {
      response.statusCode = 201;
      response.setHeader("X-Own", "kept");
      response.write("646f", "hex", () => response.end("6e65", "hex", () => undefined));
    },
  },
  {
    name: "writeHead(status, object) that allows caching",
    respond: (response) => response.writeHead(201, { "Cache-Control": "public", "X-Own": "kept" }).end("done"),
  },
  {
    name: "early hints, then writeHead",
    respond: (response) => {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.writeHead(201, { "X-Own": "kept" }).end("done");
    },
  },
  {
    name: "a body of many writes",
    respond: (response) => {
      response.statusCode = 201;
      response.setHeader("X-Own", "kept");
      for (const piece of ["d", "o", "n", "e", ""]) response.write(piece);
      setTimeout(() => response.end(), 5);
    },
  },
  {
    name: "a content length of the application's",
    respond: (response) => response.writeHead(201, { "Content-Length": "4", "X-Own": "kept" }).end("done"),
  },
];

/** Every way to send headers with Node's own response. */
export const writeHeadCases: readonly Case[] = FORMS.map(({ name, respond }) => ({
  name,
  needs: ["raw"],
  async run(stage) {
    const browser = await stage.open({
      routes: {
        "/form": (exchange) => {
          data()["color"] = "red";
          const response = exchange.raw?.().response;
          if (response) respond(response);
          return undefined;
        },
        "/plain": (exchange) => {
          const response = exchange.raw?.().response;
          if (response) respond(response);
          return undefined;
        },
      },
    });
    const untouched = await browser.fetch("/plain");
    assert.deepEqual([untouched.status, untouched.headers.get("x-own"), await untouched.text()], [201, "kept", "done"]);
    assert.deepEqual([browser.setCookies, untouched.headers.get("vary")], [[], null]);

    const response = await browser.fetch("/form");
    assert.deepEqual([response.status, response.headers.get("x-own")], [201, "kept"]);
    // Deno's servers send no message of the application's, as HTTP/2 has none.
    if (name.includes("message") && !("Deno" in globalThis)) assert.equal(response.statusText, "Made");
    assert.equal(browser.setCookies.length, 1);
    assert.deepEqual([response.headers.get("vary"), response.headers.get("cache-control")], ["Cookie", "no-store"]);
    assert.deepEqual(await stage.stored(), [{ color: "red" }]);
    assert.equal(await response.text(), "done");
    assert.deepEqual(await browser.json("/all"), { color: "red" });
  },
}));
