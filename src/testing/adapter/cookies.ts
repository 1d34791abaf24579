import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";
import type { SessionOptions } from "../../core/options.ts";
import { createSessionManager, getSession } from "../../index.ts";
import type { Client } from "../client.ts";
import type { Case, Stage } from "./stage.ts";

/** 43 characters, as a token has, that no store knows. */
const UNKNOWN = "A".repeat(43);
const SECRET = "a secret of at least thirty-two characters";

/** Cookies that are not what the library has set, and the attributes of those that it sets. */
export const cookieCases: readonly Case[] = [
  {
    name: "takes malformed cookies for none",
    async run(stage) {
      const browser = await stage.open();
      const values = [
        "",
        "=",
        '"',
        '"quoted"',
        "%00%0a",
        "{}",
        "null",
        "é",
        "a b",
        "a=b=c",
        "__proto__",
        "../../x",
        UNKNOWN.slice(1),
      ];
      for (const value of values) await isFresh(browser, `session=${value}`);
      for (const header of [";", ";;=;", "=", "session", "session;", "__proto__=x", "SESSION=x", "a".repeat(5000)]) {
        await isFresh(browser, header);
      }
    },
  },
  {
    name: "takes a token that the store doesn't know for none, adopts it never and clears it never",
    async run(stage) {
      const browser = await stage.open();
      await isFresh(browser, `session=${UNKNOWN}`);
      assert.deepEqual(stage.heard(), ["unknown-token"]);
      await browser.fetch("/set?key=color&value=red", { headers: { cookie: `session=${UNKNOWN}` } });
      assert.equal(browser.setCookies.length, 1);
      assert.notEqual(browser.cookieHeader(), `session=${UNKNOWN}`);
      await isFresh(browser, `session=${UNKNOWN}`);
    },
  },
  {
    name: "takes a forged cookie for none, without a store call",
    async run(stage) {
      const browser = await stage.open({ secret: SECRET, store: stage.store });
      await browser.text("/set?key=color&value=red");
      const genuine = browser.cookieHeader() ?? "";
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      stage.store.calls.length = 0;
      await isFresh(browser, flipLast(genuine));
      await isFresh(browser, genuine.slice(0, -1));
      await isFresh(browser, genuine.split(".")[0] ?? "");
      assert.deepEqual(stage.store.calls, []);
      assert.ok(stage.heard().includes("forged"));
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "takes a forged cookie session for none",
    async run(stage) {
      const browser = await stage.open({ secret: SECRET });
      await browser.text("/set?key=color&value=red");
      const genuine = browser.cookieHeader() ?? "";
      await isFresh(browser, flipLast(genuine));
      await isFresh(browser, genuine.slice(0, genuine.length / 2));
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "takes an expired session for none",
    async run(stage) {
      await isFreshAfterItsLifetime(await stage.open({ lifetime: 0.05 }));
    },
  },
  {
    name: "takes an expired cookie session for none",
    async run(stage) {
      await isFreshAfterItsLifetime(await stage.open({ secret: SECRET, lifetime: 0.05 }));
    },
  },
  {
    name: "finds the one live cookie among duplicates, in one header line or two",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/set?key=color&value=red");
      const genuine = browser.cookieHeader() ?? "";
      for (const lines of [
        [`session=${UNKNOWN}; ${genuine}`],
        [`${genuine}; session=nonsense`],
        [`session=${UNKNOWN}`, genuine],
        [genuine, genuine],
      ]) {
        const { status, body, headers } = await browser.raw(
          "/all",
          lines.map((line) => ["Cookie", line]),
        );
        assert.deepEqual([status, body, headers.getSetCookie()], [200, '{"color":"red"}', []], lines.join(" | "));
      }
      assert.ok(stage.heard().includes("duplicate-cookie"));
    },
  },
  {
    name: "takes two live cookies that differ for none, and sets none but by login",
    async run(stage) {
      const browser = await stage.open();
      const other = browser.fork();
      await browser.text("/set?key=color&value=red");
      await other.text("/set?key=color&value=blue");
      const cookie = `${browser.cookieHeader()}; ${other.cookieHeader()}`;
      const fork = browser.fork();
      await isFresh(fork, cookie);
      await fork.fetch("/set?key=color&value=green", { headers: { cookie } });
      assert.deepEqual(fork.setCookies, []);
      await fork.fetch("/login?as=ann", { headers: { cookie } });
      assert.equal(fork.setCookies.length, 1);
      assert.equal(await fork.text("/who"), "ann");
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "lets oversized headers cost nothing",
    async run(stage) {
      const browser = await stage.open();
      await isFresh(browser, `session=${"a".repeat(100_000)}`);
      await isFresh(browser, `${"x=y; ".repeat(1000)}session=${"a".repeat(10_000)}`);
      await isFresh(browser, `${"session=z; ".repeat(1000)}`);
      assert.deepEqual(stage.store.calls, []);

      const manager = createSessionManager(stage.options());
      const million = 1_000_000;
      for (const header of [
        `session=${"a".repeat(million)}`,
        "session=a;".repeat(million / 10),
        "\0;= ".repeat(million / 4),
      ]) {
        const session = await manager.open(header);
        assert.deepEqual({ ...session.data }, {});
        assert.deepEqual(
          (await manager.commit(session)).filter(([name]) => name === "Set-Cookie"),
          [],
        );
      }
      assert.deepEqual(stage.store.calls, []);
    },
  },
  {
    name: "sets the attributes that are asked for, and no others",
    async run(stage) {
      const fortnight = String(14 * 86_400);
      const byDefault = { path: "/", httponly: "", secure: "", samesite: "Lax" };
      assert.deepEqual(await attributes(stage), { ...byDefault, "max-age": fortnight });
      assert.deepEqual(await attributes(stage, { permanent: false }), byDefault);
      assert.deepEqual(await attributes(stage, { lifetime: "1h" }), { ...byDefault, "max-age": "3600" });
      assert.deepEqual(
        await attributes(stage, {
          permanent: false,
          cookie: { path: "/set", domain: "example.com", httpOnly: false, sameSite: "none", partitioned: true },
        }),
        { path: "/set", domain: "example.com", secure: "", samesite: "None", partitioned: "" },
      );
      assert.deepEqual(await attributes(stage, { permanent: false, cookie: { secure: false, sameSite: "strict" } }), {
        path: "/",
        httponly: "",
        samesite: "Strict",
      });
    },
  },
  {
    name: 'leaves Secure out over plain HTTP where it is "auto"',
    async run(stage) {
      const set = await attributes(stage, { permanent: false, cookie: { secure: "auto" } });
      assert.deepEqual(set, { path: "/", httponly: "", samesite: "Lax" });
    },
  },
  {
    name: "sets the cookie again when `permanent` changes",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/forget": () => {
            getSession().permanent = false;
            return "until the browser closes";
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      await browser.text("/forget");
      assert.equal(browser.setCookies.length, 1);
      assert.doesNotMatch(browser.setCookies.join(), /max-age|expires/i);
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      browser.jar.endBrowserSession();
      assert.deepEqual(await browser.json("/all"), {});
    },
  },
];

/** Whoever sends `cookie` gets an empty session, whatever it is, and keeps the cookie. */
async function isFresh(browser: Client, cookie: string): Promise<void> {
  const response = await browser.fetch("/all", { headers: { cookie } });
  const shown = cookie.slice(0, 60);
  assert.equal(response.status, 200, shown);
  assert.equal(await response.text(), "{}", shown);
  assert.deepEqual(browser.setCookies, [], shown);
}

/** For a lifetime of 50 ms. */
async function isFreshAfterItsLifetime(browser: Client): Promise<void> {
  await browser.text("/set?key=color&value=red");
  const [cookie = ""] = (browser.setCookies[0] ?? "").split(";");
  await setTimeout(80);
  await isFresh(browser, cookie);
}

/** The cookie with a bit of its last-but-one character changed: the last one's may not count in base64url. */
function flipLast(cookie: string): string {
  const at = cookie.length - 2;
  return cookie.slice(0, at) + (cookie[at] === "A" ? "B" : "A") + cookie.slice(at + 1);
}

/** The attributes of the cookie that is set under these options, by lower-case name. */
async function attributes(stage: Stage, options?: SessionOptions): Promise<Record<string, string>> {
  const browser = await stage.open(options);
  await browser.fetch("/set?key=color&value=red");
  assert.equal(browser.setCookies.length, 1);
  const [, ...parts] = (browser.setCookies[0] ?? "").split(/; */);
  return Object.fromEntries(
    parts.map((part) => {
      const [name = "", value = ""] = part.split("=");
      return [name.toLowerCase(), value];
    }),
  );
}
