import { strict as assert } from "node:assert";
import type { ServerResponse } from "node:http";
import { data } from "./routes.ts";
import { type Case, type Route, type Routes, text } from "./stage.ts";

/** Sets a value and answers with these headers. */
function writes(...headers: [name: string, value: string][]): Route {
  return () => {
    data()["color"] = "red";
    return text("set", headers);
  };
}

/** Reads the session and answers with these headers. */
function reads(...headers: [name: string, value: string][]): Route {
  return () => text(JSON.stringify({ ...data() }), headers);
}

/** The headers that the library adds, beside those that the application sets. */
export const headerCases: readonly Case[] = [
  {
    name: "keeps the application's own cookies",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/both": writes(["Set-Cookie", "theme=dark; Path=/"], ["Set-Cookie", "language=de; Path=/"]),
          "/own": reads(["Set-Cookie", "theme=light; Path=/"]),
        },
      });
      await browser.text("/both");
      assert.deepEqual(names(browser.setCookies), ["language", "session", "theme"]);
      await browser.text("/own");
      assert.deepEqual(names(browser.setCookies), ["theme"]);
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "keeps cookies set on Node's response: one, several, appended, in writeHead",
    needs: ["raw"],
    async run(stage) {
      const answer = (respond: (response: ServerResponse) => void): Route => {
        return (exchange) => {
          data()["color"] = "red";
          const response = exchange.raw?.().response;
          if (response) respond(response);
          return undefined;
        };
      };
      const routes: Routes = {
        "/string": answer((response) => response.setHeader("Set-Cookie", "a=1").end()),
        "/array": answer((response) => response.setHeader("Set-Cookie", ["a=1", "b=2"]).end()),
        "/appended": answer((response) => {
          response.appendHeader("Set-Cookie", "a=1");
          response.appendHeader("set-cookie", "b=2");
          response.end();
        }),
        "/writeHead": answer((response) => response.writeHead(200, { "Set-Cookie": ["a=1", "b=2"] }).end()),
        "/writeHeadString": answer((response) => response.writeHead(200, { "set-cookie": "a=1" }).end()),
        "/writeHeadFlat": answer((response) =>
          response.writeHead(200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2"]).end(),
        ),
      };
      for (const path of Object.keys(routes)) {
        const browser = await stage.open({ routes });
        await browser.text(path);
        const own = path === "/string" || path === "/writeHeadString" ? ["a"] : ["a", "b"];
        assert.deepEqual(names(browser.setCookies), [...own, "session"], path);
      }
    },
  },
  {
    name: "says Vary: Cookie where the session was touched, and only there",
    async run(stage) {
      const browser = await stage.open();
      const vary = async (path: string) => (await browser.fetch(path)).headers.get("vary");
      assert.equal(await vary("/untouched"), null);
      assert.equal(await vary("/all"), "Cookie");
      assert.equal(await vary("/who"), "Cookie");
      assert.equal(await vary("/set?key=color&value=red"), "Cookie");
      assert.equal(await vary("/untouched"), null);
      assert.equal(await vary("/all"), "Cookie");
    },
  },
  {
    name: "adds to the Vary that is there",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/other": reads(["Vary", "Accept-Language, Origin"]),
          "/already": reads(["Vary", "accept, cookie"]),
          "/any": reads(["Vary", "*"]),
          "/untouchedWithVary": () => text("untouched", [["Vary", "Origin"]]),
        },
      });
      const vary = async (path: string) => (await browser.fetch(path)).headers.get("vary");
      assert.equal(await vary("/other"), "Accept-Language, Origin, Cookie");
      assert.equal(await vary("/already"), "accept, cookie");
      assert.equal(await vary("/any"), "*");
      assert.equal(await vary("/untouchedWithVary"), "Origin");
    },
  },
  {
    name: "lets no cache keep a response with its cookie, and says what it replaced",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/none": writes(),
          "/public": writes(["Cache-Control", "public, max-age=3600"]),
          "/read": reads(["Cache-Control", "public, max-age=3600"]),
        },
      });
      const cacheControl = async (path: string) => (await browser.fork().fetch(path)).headers.get("cache-control");
      assert.equal(await cacheControl("/none"), "no-store");
      assert.deepEqual(stage.heard(), ["created"]);
      assert.equal(await cacheControl("/public"), "no-store");
      assert.deepEqual(
        stage.events.filter(({ type }) => type === "cache-control"),
        [{ type: "cache-control", replaced: "public, max-age=3600" }],
      );
      await browser.text("/none");
      assert.equal(await cacheControl("/read"), "public, max-age=3600");
      assert.equal(await cacheControl("/untouched"), null);
      assert.equal((await browser.fetch("/logout")).headers.get("cache-control"), "no-store");
    },
  },
];

/** The names of the cookies in Set-Cookie lines, sorted. */
function names(lines: readonly string[]): string[] {
  return lines.map((line) => line.split("=")[0] ?? "").sort();
}
