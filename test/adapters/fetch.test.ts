import { getRequestListener } from "@hono/node-server";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sessions } from "../../src/adapters/fetch.ts";
import { session } from "../../src/index.ts";
import { createClient, testAdapter } from "../../src/testing/index.ts";
import { data, inMemory, unwritable } from "./open.ts";
import { toResponse } from "./respond.ts";

type FetchHandler = (request: Request) => Promise<Response>;

testAdapter({
  describe,
  it,
  name: "fetch",
  errors: "leaves",
  features: ["text", "https", "http2"],
  mount(setup) {
    const handler = async (request: Request) => {
      const { pathname, search } = new URL(request.url);
      const answer = await setup.handler({ url: pathname + search, text: () => request.text() });
      return toResponse(answer ?? { status: 500, headers: [] });
    };
    return getRequestListener(
      setup.sessions.reduceRight<FetchHandler>((next, options) => sessions(options)(next), handler),
    );
  },
});

/** A browser that calls the handler without a server. */
function direct(handler: FetchHandler) {
  return createClient("http://localhost", { fetch: (url, init) => handler(new Request(url, init)) });
}

function setColor(): void {
  data(session)["color"] = "red";
}

describe("fetch, by its own means", () => {
  it("adds its headers to responses that can't be changed", async () => {
    const redirect = sessions(inMemory())(() => {
      setColor();
      return Response.redirect("http://localhost/next", 303);
    });
    const browser = direct(redirect);
    const response = await browser.fetch("/");
    expect([response.status, response.headers.get("location")]).toEqual([303, "http://localhost/next"]);
    expect(browser.setCookies).toHaveLength(1);
  });

  it("puts nobody's cookie on a response that is given to all", async () => {
    const shared = new Response(null, { status: 204 });
    const handler = sessions(inMemory())(() => {
      setColor();
      return shared;
    });
    const [ann, bob] = [direct(handler), direct(handler)];
    await ann.fetch("/");
    await bob.fetch("/");
    expect(ann.setCookies).toHaveLength(1);
    expect(bob.setCookies).toHaveLength(1);
    expect(ann.cookieHeader()).not.toBe(bob.cookieHeader());
    expect(shared.headers.getSetCookie()).toEqual([]);
  });

  it("passes on what the runtime gives beside the request", async () => {
    const handler = sessions(inMemory())((_request: Request, env: { name: string }) => new Response(env.name));
    const response = await handler(new Request("http://localhost/"), { name: "worker" });
    expect(await response.text()).toBe("worker");
  });

  it("answers the store's failure as text that no cache keeps, and tells the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const handler = sessions(unwritable())(() => {
      setColor();
      return new Response("done", { headers: { "X-Own": "1" } });
    });
    const response = await direct(handler).fetch("/");
    expect([response.status, await response.text()]).toEqual([503, "Service Unavailable\n"]);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-own")).toBeNull();
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^dewar: ERR_STORE: .*\(the store is down\)$/)]]);
  });

  it("served without a handler: says what is missing", () => {
    const served = sessions(inMemory()) as unknown as (request: Request) => unknown;
    expect(() => served(new Request("http://localhost/"))).toThrow(/^sessions: wraps a handler, \{ fetch: /);
  });

  it("leaves the answer to `onError` where that is given", async () => {
    const withSessions = sessions(unwritable(), {
      onError: (error, request) =>
        new Response(`${new URL(request.url).pathname} ${Reflect.get(Object(error), "code")}`, { status: 500 }),
    });
    const handler = withSessions(() => {
      setColor();
      return new Response("done");
    });
    const response = await direct(handler).fetch("/page");
    expect([response.status, await response.text()]).toEqual([500, "/page ERR_STORE"]);
  });

  it("lets an error of the handler's through, and commits nothing", async () => {
    const browser = direct(
      sessions(inMemory())(() => {
        setColor();
        throw new Error("a mistake");
      }),
    );
    await expect(browser.fetch("/")).rejects.toThrow("a mistake");
  });
});
