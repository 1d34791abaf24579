import { strict as assert } from "node:assert";
import { data } from "./routes.ts";
import { type Case, text } from "./stage.ts";

/** What must hold over TLS and HTTP/2 too. */
export const protocolCases: readonly Case[] = (["https", "http2"] as const).flatMap(overEach);

function overEach(protocol: "https" | "http2"): Case[] {
  return [
    {
      name: `${protocol}: sets, reads, logs in and out`,
      needs: [protocol],
      async run(stage) {
        const browser = await stage.open({ protocol });
        assert.equal(await browser.text("/untouched"), "untouched");
        await browser.text("/set?key=color&value=red");
        assert.deepEqual(await browser.json("/all"), { color: "red" });
        await browser.text("/login?as=ann");
        const copy = browser.fork();
        assert.equal(await browser.text("/who"), "ann");
        await browser.text("/logout");
        assert.equal(await copy.text("/who"), "nobody");
        assert.deepEqual(await stage.stored(), []);
      },
    },
    {
      name: `${protocol}: the cookie is Secure where that is "auto"`,
      needs: [protocol],
      async run(stage) {
        const browser = await stage.open({ protocol, cookie: { secure: "auto" } });
        await browser.fetch("/set?key=color&value=red");
        assert.match(browser.setCookies.join(), /; *Secure(;|$)/);
      },
    },
    {
      name: `${protocol}: keeps headers, streams, and survives bad cookies`,
      needs: [protocol],
      async run(stage) {
        const browser = await stage.open({
          protocol,
          routes: {
            "/stream": () => {
              data()["color"] = "red";
              return {
                ...text(
                  "",
                  [
                    ["Set-Cookie", "own=1"],
                    ["Vary", "Origin"],
                  ],
                  201,
                ),
                body: words(),
              };
            },
          },
        });
        const response = await browser.fetch("/stream", { headers: { cookie: "session=nonsense; session=other" } });
        assert.equal(response.status, 201);
        assert.equal(response.headers.get("vary"), "Origin, Cookie");
        assert.equal(response.headers.get("cache-control"), "no-store");
        assert.equal(browser.setCookies.length, 2);
        assert.equal(await response.text(), "one two");
        assert.deepEqual(await browser.json("/all"), { color: "red" });
      },
    },
    {
      name: `${protocol}: answers 503 where the store is down`,
      needs: [protocol],
      async run(stage) {
        const browser = await stage.open({ protocol, storeTimeout: 0.1 });
        await browser.text("/set?key=color&value=red");
        stage.store.fault = { on: ["read"], as: "reject" };
        assert.equal((await browser.fetch("/all")).status, 503);
        stage.store.fault = { on: ["replace"], as: "reject" };
        assert.equal((await browser.fetch("/set?key=color&value=blue")).status, 503);
        stage.store.fault = undefined;
        assert.deepEqual(await browser.json("/all"), { color: "red" });
      },
    },
    {
      name: `${protocol}: writeHead, write and end of Node's own response`,
      needs: ["raw", protocol],
      async run(stage) {
        const browser = await stage.open({
          protocol,
          routes: {
            "/raw": (exchange) => {
              data()["color"] = "red";
              const response = exchange.raw?.().response;
              response?.writeHead(201, { "x-own": "kept" });
              response?.write("one ");
              response?.end("two");
              return undefined;
            },
          },
        });
        const response = await browser.fetch("/raw");
        assert.deepEqual([response.status, response.headers.get("x-own")], [201, "kept"]);
        assert.equal(browser.setCookies.length, 1);
        assert.equal(await response.text(), "one two");
        assert.deepEqual(await browser.json("/all"), { color: "red" });
      },
    },
  ];
}

async function* words(): AsyncGenerator<string> {
  yield "one ";
  yield "two";
}
