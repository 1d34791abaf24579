import { strict as assert } from "node:assert";
import { type Gate, gate } from "./gate.ts";
import { data } from "./routes.ts";
import type { Case, Routes } from "./stage.ts";

/** Logging in and out. */
export const identityCases: readonly Case[] = [
  {
    name: "login keeps what was anonymous, and kills the old token",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/set?key=cart&value=pear");
      const before = browser.fork();
      await browser.text("/login?as=ann");
      assert.equal(browser.setCookies.length, 1);
      assert.notEqual(browser.cookieHeader(), before.cookieHeader());
      assert.deepEqual(await browser.json("/all"), { cart: "pear" });
      assert.equal(await browser.text("/who"), "ann");
      assert.equal(await before.text("/who"), "nobody");
      assert.deepEqual(await before.json("/all"), {});
    },
  },
  {
    name: "login of the same user keeps the data under a new token",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/login?as=ann");
      await browser.text("/set?key=cart&value=pear");
      const before = browser.fork();
      await browser.text("/login?as=ann");
      assert.notEqual(browser.cookieHeader(), before.cookieHeader());
      assert.deepEqual(await browser.json("/all"), { cart: "pear" });
      assert.equal(await before.text("/who"), "nobody");
    },
  },
  {
    name: "login of another user drops the data",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/login?as=ann");
      await browser.text("/set?key=cart&value=pear");
      const before = browser.fork();
      await browser.text("/login?as=bob");
      assert.equal(await browser.text("/who"), "bob");
      assert.deepEqual(await browser.json("/all"), {});
      assert.equal(await before.text("/who"), "nobody");
    },
  },
  {
    name: "logout ends the session everywhere, and clears the cookie",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/login?as=ann");
      const copy = browser.fork();
      await browser.text("/logout");
      assert.match(browser.setCookies.join(), /^session=;/);
      assert.equal(browser.cookieHeader(), undefined);
      assert.equal(await copy.text("/who"), "nobody");
      assert.deepEqual(await stage.stored(), []);
    },
  },
  {
    name: "logout is not undone by a request in flight",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({ routes: slowWrite(pass.wait) });
      await browser.text("/login?as=ann");
      const inFlight = browser.fork();
      const slow = inFlight.text("/slow");
      await pass.arrived;
      const copy = browser.fork();
      await browser.text("/logout");
      pass.open();
      await slow;
      assert.deepEqual(inFlight.setCookies, []);
      assert.equal(await copy.text("/who"), "nobody");
      assert.deepEqual(await copy.json("/all"), {});
      assert.deepEqual(await stage.stored(), []);
    },
  },
  {
    name: "a request in flight over logout and login leaves the newer cookie alone",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({ routes: slowWrite(pass.wait) });
      await browser.text("/login?as=ann");
      await answersDuring(pass, browser.fetch("/slow"), async () => {
        await browser.text("/logout");
        await browser.text("/login?as=bob");
      });
      assert.equal(await browser.text("/who"), "bob");
      assert.deepEqual(await browser.json("/all"), {});
    },
  },
  {
    name: "a request in flight over a login leaves the newer cookie alone",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({ routes: slowWrite(pass.wait) });
      await browser.text("/set?key=cart&value=pear");
      await answersDuring(pass, browser.fetch("/slow"), () => browser.text("/login?as=ann"));
      assert.equal(await browser.text("/who"), "ann");
    },
  },
];

function slowWrite(wait: () => Promise<void>): Routes {
  return {
    "/slow": async () => {
      data()["late"] = true;
      await wait();
      return "slow";
    },
  };
}

/** Does something while a request waits at the gate, then lets it end, which may set no cookie. */
async function answersDuring(pass: Gate, slow: Promise<Response>, meanwhile: () => Promise<unknown>): Promise<void> {
  await pass.arrived;
  await meanwhile();
  pass.open();
  const response = await slow;
  assert.equal(response.status, 200);
  assert.deepEqual(response.headers.getSetCookie(), []);
}
