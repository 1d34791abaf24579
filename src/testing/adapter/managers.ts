import { strict as assert } from "node:assert";
import { getSession } from "../../index.ts";
import { memoryStore } from "../../stores/memory.ts";
import { data } from "./routes.ts";
import type { Case, Stage } from "./stage.ts";

/** Ready managers, and several of them in one application. */
export const managerCases: readonly Case[] = [
  {
    name: "takes a ready manager, whose application sees what it ends",
    async run(stage) {
      const manager = stage.manager();
      const browser = await stage.open({ managers: [manager] });
      await browser.text("/login?as=ann");
      assert.equal(await browser.text("/who"), "ann");
      assert.equal(await manager.revokeAll("ann"), 1);
      assert.equal(await browser.text("/who"), "nobody");
    },
  },
  {
    name: "takes two managers: the innermost counts, the other is found by name",
    async run(stage) {
      const { outer, inner } = two(stage);
      const browser = await stage.open({
        managers: [outer, inner],
        routes: {
          "/both": (exchange) => {
            data()["from"] = "inner";
            data(getSession(outer).data)["from"] = "outer";
            data((exchange.property?.() ?? getSession().data) as object)["property"] = "inner";
            return "set";
          },
          "/read": () => JSON.stringify([getSession().data, getSession(inner).data, getSession(outer).data]),
          "/loginOuter": () => {
            getSession(outer).login("ann");
            return "logged in";
          },
          "/whoBoth": () => JSON.stringify([getSession(inner).subject ?? null, getSession(outer).subject ?? null]),
        },
      });
      await browser.text("/both");
      assert.deepEqual(browser.setCookies.map((line) => line.split("=")[0]).sort(), ["inner", "outer"]);
      const innerData = { from: "inner", property: "inner" };
      assert.deepEqual(await browser.json("/read"), [innerData, innerData, { from: "outer" }]);
      await browser.text("/loginOuter");
      assert.deepEqual(
        browser.setCookies.map((line) => line.split("=")[0]),
        ["outer"],
      );
      assert.deepEqual(await browser.json("/whoBoth"), [null, "ann"]);
      await browser.text("/logout");
      assert.deepEqual(await browser.json("/read"), [{}, {}, { from: "outer" }]);
    },
  },
  {
    name: "takes two managers, of which only the touched one sets a cookie",
    async run(stage) {
      const { outer, inner } = two(stage);
      const browser = await stage.open({ managers: [outer, inner] });
      const untouched = await browser.fetch("/untouched");
      assert.deepEqual([browser.setCookies, untouched.headers.get("vary")], [[], null]);
      const set = await browser.fetch("/set?key=color&value=red");
      assert.deepEqual(
        browser.setCookies.map((line) => line.split("=")[0]),
        ["inner"],
      );
      assert.equal(set.headers.get("vary"), "Cookie");
      assert.equal(set.headers.get("cache-control"), "no-store");
    },
  },
];

function two(stage: Stage) {
  return {
    outer: stage.manager({ store: memoryStore(), cookie: { name: "outer" } }),
    inner: stage.manager({ cookie: { name: "inner" } }),
  };
}
