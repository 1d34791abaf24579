import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { getSession, session, tryGetSession } from "../../index.ts";
import { createClient } from "../client.ts";
import { data } from "./routes.ts";
import { type Case, text } from "./stage.ts";

const VISITORS = 200;

/** Where `session` is visible, and whose it is. */
export const contextCases: readonly Case[] = [
  {
    name: "is there after await, in timers, and in whatever module asks",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/deep": async () => {
            const seen = [colorNow()];
            await sleep(1);
            seen.push(colorNow());
            seen.push(await new Promise((resolve) => setTimeout(() => resolve(colorNow()), 1)));
            seen.push(await new Promise((resolve) => setImmediate(() => resolve(colorNow()))));
            seen.push(await new Promise((resolve) => process.nextTick(() => resolve(colorNow()))));
            seen.push(...(await Promise.all([sleep(1).then(colorNow), Promise.resolve().then(colorNow)])));
            return JSON.stringify(seen);
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      assert.deepEqual(await browser.json("/deep"), Array(7).fill("red"));
    },
  },
  {
    name: "is there in events of the request's stream",
    needs: ["raw"],
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/upload": async (exchange) => {
            const { request, response } = exchange.raw?.() ?? {};
            const seen: unknown[] = [];
            await new Promise<void>((resolve) => {
              request?.on("data", () => seen.push(colorNow()));
              request?.on("end", () => {
                data()["uploaded"] = true;
                seen.push(colorNow());
                resolve();
              });
            });
            response?.end(JSON.stringify(seen));
            return undefined;
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      const init = { method: "POST", body: "body", headers: { "content-type": "application/octet-stream" } };
      const seen = (await browser.json("/upload", init)) as unknown[];
      assert.ok(seen.length >= 2);
      assert.ok(seen.every((color) => color === "red"));
      assert.deepEqual(await browser.json("/all"), { color: "red", uploaded: true });
    },
  },
  {
    name: "is there after the framework's body parser",
    needs: ["text"],
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/upload": async (exchange) => {
            const body = await exchange.text?.();
            return text(`${body} ${colorNow()}`);
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      const init = { method: "POST", body: "body", headers: { "content-type": "text/plain" } };
      assert.equal(await browser.text("/upload", init), "body red");
    },
  },
  {
    name: `is never another's, under ${VISITORS} parallel requests`,
    async run(stage) {
      const { origin } = await stage.serve({
        routes: {
          "/me": async () => {
            const seen = [getSession().subject];
            await sleep(Math.random() * 5);
            seen.push(getSession().subject);
            data()["touched"] = getSession().subject;
            await new Promise(setImmediate);
            seen.push(getSession().subject, String(data()["touched"]));
            return JSON.stringify(seen);
          },
        },
      });
      const visitors = Array.from({ length: VISITORS }, (_, number) => ({
        name: `visitor-${number}`,
        browser: createClient(origin),
      }));
      await Promise.all(visitors.map(({ name, browser }) => browser.text(`/login?as=${name}`)));
      const seen = await Promise.all(visitors.map(({ browser }) => browser.json("/me")));
      for (const [index, { name, browser }] of visitors.entries()) {
        assert.deepEqual(seen[index], [name, name, name, name]);
        assert.equal(await browser.text("/who"), name);
      }
    },
  },
  {
    name: "is not there outside a request",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/set?key=color&value=red");
      assert.equal(tryGetSession(), undefined);
      assert.throws(() => getSession(), { code: "ERR_NO_SESSION" });
      assert.throws(() => colorNow(), { code: "ERR_NO_SESSION" });
    },
  },
  {
    name: "refuses to log in once the answer has gone",
    async run(stage) {
      let late: (() => void) | undefined;
      const browser = await stage.open({
        routes: {
          "/remember": () => {
            data()["color"] = "red";
            const handle = getSession();
            late = () => handle.login("ann");
            return "remembered";
          },
        },
      });
      await browser.text("/remember");
      await sleep(10);
      const seesEnd = stage.adapter.features.includes("end");
      assert.throws(() => late?.(), { code: seesEnd ? "ERR_SESSION_ENDED" : "ERR_HEADERS_SENT" });
      assert.equal(await browser.text("/who"), "nobody");
    },
  },
];

function colorNow(): unknown {
  return data(session)["color"];
}
