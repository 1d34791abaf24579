import { getRequestListener } from "@hono/node-server";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/adapters/fetch.ts";
import { type Setup, testAdapter } from "../../src/testing/index.ts";
import { toResponse } from "../adapters/respond.ts";

type Spoil = (response: Response) => Response | Promise<Response>;

/** Runs the cases whose names match against an adapter whose responses are spoiled, and yields those that failed. */
async function failures(matching: RegExp, spoil: Spoil): Promise<string[]> {
  const cases: [name: string, run: () => Promise<void>][] = [];
  testAdapter({
    describe: (_name, body) => body(),
    it: (name, run) => matching.test(name) && cases.push([name, run]),
    name: "spoiled",
    errors: "escapes",
    features: [],
    mount(setup) {
      const respond = application(setup);
      return getRequestListener(async (request) => spoil(await respond(request)));
    },
  });
  const failed: string[] = [];
  for (const [name, run] of cases) await run().catch(() => failed.push(name));
  return failed;
}

function application({ sessions: [options = {}], handler }: Setup) {
  return sessions(options)(async (request) => {
    const { pathname, search } = new URL(request.url);
    return toResponse((await handler({ url: pathname + search })) ?? { status: 500, headers: [] });
  });
}

function without(name: string): Spoil {
  return (response) => {
    response.headers.delete(name);
    return response;
  };
}

function withHeader(name: string, value: string): Spoil {
  return (response) => {
    response.headers.set(name, value);
    return response;
  };
}

describe("the suite for adapters fails one that", () => {
  it.each<[flaw: string, caseName: string, spoil: Spoil]>([
    ["loses the cookie", "keeps what was set", without("set-cookie")],
    ["loses Vary", "says Vary: Cookie where the session was touched, and only there", without("vary")],
    ["overwrites Vary", "adds to the Vary that is there", withHeader("vary", "Cookie")],
    [
      "lets caches keep the cookie",
      "lets no cache keep a response with its cookie, and says what it replaced",
      without("cache-control"),
    ],
    ["overwrites cookies", "keeps the application's own cookies", withHeader("set-cookie", "theme=dark")],
    [
      "clears unknown cookies",
      "takes a token that the store doesn't know for none, adopts it never and clears it never",
      withHeader("set-cookie", "session=; Max-Age=0"),
    ],
    [
      "always sets a cookie",
      "leaves a request that doesn't touch it alone: no cookie, no store call",
      withHeader("set-cookie", "session=new"),
    ],
    [
      "hides the store's failure",
      "answers 503 where the store can't be read, and goes on when it is back",
      (response) => (response.status === 503 ? new Response("{}") : response),
    ],
  ])("%s", async (_flaw, caseName, spoil) => {
    const exactly = new RegExp(`^${caseName.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
    expect(await failures(exactly, (response) => response)).toEqual([]);
    expect(await failures(exactly, spoil)).toEqual([caseName]);
  });
});
