import { strict as assert } from "node:assert";
import type { ServerResponse } from "node:http";
import type { Client } from "../client.ts";
import { ALL, WRITES } from "./probe.ts";
import { data } from "./routes.ts";
import { type Case, type Route, type Routes, text } from "./stage.ts";

/** So short that a store which doesn't answer is given up soon. */
const storeTimeout = 0.1;

/** Touches, changes, and sets headers that must not be seen when the store has failed. */
const routes: Routes = {
  "/change": () => {
    data()["color"] = "blue";
    return text("changed", [
      ["X-Own", "set by the handler"],
      ["Set-Cookie", "own=1"],
      ["ETag", '"own"'],
    ]);
  },
};

/** A store that fails, and comes back. */
export const faultCases: readonly Case[] = [
  {
    name: "answers 503 where the store can't be read, and goes on when it is back",
    async run(stage) {
      const browser = await stage.open({ routes, storeTimeout });
      await browser.text("/set?key=color&value=red");
      stage.store.fault = { on: ["read"], as: "reject" };
      await isUnavailable(browser, "/all");
      await isUnavailable(browser, "/change");
      stage.store.fault = undefined;
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      assert.ok(stage.heard().includes("store-error"));
    },
  },
  {
    name: "answers 503 where the store can't be written, without the handler's headers, and goes on when it is back",
    async run(stage) {
      const browser = await stage.open({ routes, storeTimeout });
      await browser.text("/set?key=color&value=red");
      stage.store.fault = { on: WRITES, as: "reject" };
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      await isUnavailable(browser, "/change");
      await isUnavailable(browser, "/login?as=ann");
      await isUnavailable(browser, "/logout");
      stage.store.fault = undefined;
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      await browser.text("/change");
      assert.deepEqual(await browser.json("/all"), { color: "blue" });
    },
  },
  {
    name: "answers a new visitor 503 where the session can't be created",
    async run(stage) {
      const browser = await stage.open({ routes, storeTimeout });
      stage.store.fault = { on: WRITES, as: "reject" };
      await isUnavailable(browser, "/change");
      assert.equal(await browser.text("/untouched"), "untouched");
      stage.store.fault = undefined;
      assert.equal(await browser.text("/change"), "changed");
      assert.deepEqual(await browser.json("/all"), { color: "blue" });
    },
  },
  {
    name: "answers 503 within the timeout where the store doesn't answer",
    async run(stage) {
      const browser = await stage.open({ routes, storeTimeout });
      await browser.text("/set?key=color&value=red");
      for (const on of [["read"] as const, WRITES, ALL]) {
        stage.store.fault = { on, as: "hang" };
        const start = performance.now();
        await isUnavailable(browser, "/change");
        const took = performance.now() - start;
        assert.ok(took > 90 && took < 3000, `took ${took} ms`);
      }
      stage.store.fault = undefined;
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "answers 503 in the place of a streamed answer, of which no piece leaves",
    async run(stage) {
      const browser = await stage.open({
        storeTimeout,
        routes: {
          "/stream": () => {
            data()["color"] = "blue";
            return { status: 200, headers: [["X-Own", "set by the handler"]], body: words() };
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      stage.store.fault = { on: WRITES, as: "reject" };
      const body = await isUnavailable(browser, "/stream");
      assert.doesNotMatch(body, /one|two/);
      stage.store.fault = undefined;
      assert.equal(await browser.text("/stream"), "one two");
      assert.deepEqual(await browser.json("/all"), { color: "blue" });
    },
  },
  {
    name: "answers 503 in the place of what was written to Node's own response",
    needs: ["raw"],
    async run(stage) {
      const respond = (respond: (response: ServerResponse) => void): Route => {
        return (exchange) => {
          data()["color"] = "blue";
          const response = exchange.raw?.().response;
          response?.setHeader("X-Own", "set by the handler");
          if (response) respond(response);
          return undefined;
        };
      };
      const raw: Routes = {
        "/end": respond((response) => response.end("one")),
        "/write": respond((response) => {
          response.write("one");
          response.end("two");
        }),
        "/writeHead": respond((response) => response.writeHead(201, "Made", { ETag: '"own"' }).end("one")),
        "/flushHeaders": respond((response) => {
          response.flushHeaders();
          response.end("one");
        }),
      };
      const browser = await stage.open({ storeTimeout, routes: raw });
      await browser.text("/set?key=color&value=red");
      for (const as of ["reject", "hang"] as const) {
        stage.store.fault = { on: WRITES, as };
        for (const path of Object.keys(raw)) assert.doesNotMatch(await isUnavailable(browser, path), /one|two/);
      }
      stage.store.fault = undefined;
      assert.equal(await browser.text("/write"), "onetwo");
      assert.deepEqual(await browser.json("/all"), { color: "blue" });
    },
  },
  {
    name: 'goes on without data where the store can\'t be read and `onStoreError` is "anonymous"',
    async run(stage) {
      const browser = await stage.open({ routes, storeTimeout, onStoreError: "anonymous" });
      await browser.text("/set?key=color&value=red");
      stage.store.fault = { on: ALL, as: "reject" };
      assert.deepEqual(await browser.json("/all"), {});
      assert.deepEqual(browser.setCookies, []);
      assert.equal(await browser.text("/who"), "nobody");
      await isUnavailable(browser, "/change");
      await isUnavailable(browser, "/login?as=ann");
      stage.store.fault = undefined;
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "gives a fresh session where the store answers garbage",
    async run(stage) {
      const browser = await stage.open({ routes });
      await browser.text("/set?key=color&value=red");
      stage.store.fault = { on: [], as: "garbage" };
      const response = await browser.fetch("/all");
      assert.deepEqual([response.status, await response.text()], [200, "{}"]);
      assert.ok(stage.heard().includes("undecodable"));
      assert.equal((await browser.fetch("/change")).status, 200);
      assert.equal((await browser.fetch("/login?as=ann")).status, 200);
      stage.store.fault = undefined;
      assert.equal(await browser.text("/who"), "ann");
    },
  },
];

/** The framework's own error page: nothing of the handler's, and the visitor keeps the cookie. */
async function isUnavailable(browser: Client, path: string): Promise<string> {
  const before = browser.cookieHeader();
  const response = await browser.fetch(path);
  assert.equal(response.status, 503, path);
  const body = await response.text();
  assert.doesNotMatch(body, /changed/, path);
  assert.equal(response.headers.get("x-own"), null, path);
  assert.equal(response.headers.get("etag"), null, path);
  assert.deepEqual(browser.setCookies, [], path);
  assert.equal(browser.cookieHeader(), before, path);
  return body;
}

async function* words(): AsyncGenerator<string> {
  yield "one ";
  yield "two";
}
