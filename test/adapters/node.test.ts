import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sessions } from "../../src/adapters/node.ts";
import { testAdapter } from "../../src/testing/index.ts";
import { data, inMemory, open, unwritable } from "./open.ts";
import { respond } from "./respond.ts";

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

testAdapter({
  describe,
  it,
  name: "node:http, node:https, node:http2",
  errors: "escapes",
  features: ["property", "raw", "end", "https", "http2"],
  mount(setup) {
    const handler: Listener = async (request, response) => {
      const answer = await setup.handler({
        url: request.url ?? "/",
        property: () => Reflect.get(request, "session"),
        assign: (value) => Object.assign(request, { session: value }),
        raw: () => ({ request, response }),
      });
      if (answer !== undefined) respond(response, answer);
    };
    const app = setup.sessions.reduceRight<Listener>((next, options) => sessions(options)(next), handler);
    return async (request, response) => {
      try {
        await app(request, response);
      } catch {
        response.writeHead(500).end("the server's own error page");
      }
    };
  },
});

describe("node:http, by its own means", () => {
  it("answers the store's failure as text that no cache keeps, and tells the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const app = sessions(unwritable())((request, response) => {
      data(request.session)["color"] = "red";
      response.setHeader("X-Own", "1");
      response.end("done");
    });
    const response = await (await open(app)).fetch("/");
    expect([response.status, await response.text()]).toEqual([503, "Service Unavailable\n"]);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-own")).toBeNull();
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^dewar: ERR_STORE: .*\(the store is down\)$/)]]);
  });

  it("leaves the answer to `onError` where that is given", async () => {
    const withSessions = sessions(unwritable(), {
      onError: (error, request, response) => {
        response.statusCode = 500;
        response.end(`${request.url} ${Reflect.get(Object(error), "code")}`);
      },
    });
    const app = withSessions((request, response) => {
      data(request.session)["color"] = "red";
      response.end("done");
    });
    const response = await (await open(app)).fetch("/page");
    expect([response.status, await response.text()]).toEqual([500, "/page ERR_STORE"]);
  });

  it("served without a handler: says what is missing", () => {
    const served = sessions(inMemory()) as unknown as Listener;
    expect(() => served({} as IncomingMessage, {} as ServerResponse)).toThrow(
      /^sessions: wraps a handler, createServer/,
    );
  });

  it("lets an error that is thrown at once through to the server, and commits nothing", async () => {
    const app = sessions(inMemory())((request) => {
      data(request.session)["color"] = "red";
      throw new Error("a mistake");
    });
    const browser = await open((request, response) => {
      try {
        app(request, response);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
    const response = await browser.fetch("/");
    expect([response.status, await response.text()]).toEqual([500, "Error: a mistake"]);
    expect(browser.setCookies).toEqual([]);
  });
});
