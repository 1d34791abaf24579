import { strict as assert } from "node:assert";
import { getSession, session } from "../../index.ts";
import { gate } from "./gate.ts";
import { data, query } from "./routes.ts";
import { type Case, text } from "./stage.ts";

/** What the session holds from one request to the next. */
export const dataCases: readonly Case[] = [
  {
    name: "leaves a request that doesn't touch it alone: no cookie, no store call",
    async run(stage) {
      const browser = await stage.open();
      const response = await browser.fetch("/untouched");
      assert.equal(await response.text(), "untouched");
      assert.deepEqual(browser.setCookies, []);
      assert.equal(response.headers.get("vary"), null);
      assert.deepEqual(stage.store.calls, []);
    },
  },
  {
    name: "costs one read where it is read, and no cookie",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/set?key=color&value=red");
      stage.store.calls.length = 0;
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      assert.deepEqual(browser.setCookies, []);
      assert.deepEqual(stage.store.calls, ["read"]);
    },
  },
  {
    name: "keeps what was set",
    async run(stage) {
      const browser = await stage.open();
      await browser.text("/set?key=color&value=red");
      assert.equal(browser.setCookies.length, 1);
      await browser.text("/set?key=size&value=large");
      assert.deepEqual(browser.setCookies, []);
      assert.deepEqual(await browser.json("/all"), { color: "red", size: "large" });
    },
  },
  {
    name: "keeps a nested change",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/add": (exchange) => {
            const cart = data()["cart"] as { items: string[] } | undefined;
            if (cart === undefined) data()["cart"] = { items: [query(exchange, "item")] };
            else cart.items.push(query(exchange, "item"));
            return "added";
          },
        },
      });
      await browser.text("/add?item=pear");
      await browser.text("/add?item=fig");
      assert.deepEqual(await browser.json("/all"), { cart: { items: ["pear", "fig"] } });
    },
  },
  {
    name: "shows each browser its own data",
    async run(stage) {
      const browser = await stage.open();
      const other = browser.fork();
      await browser.text("/set?key=color&value=red");
      await other.text("/set?key=color&value=blue");
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      assert.deepEqual(await other.json("/all"), { color: "blue" });
    },
  },
  {
    name: "ends with its last key, and clears the cookie with the attributes it was set with",
    async run(stage) {
      const browser = await stage.open({
        cookie: { path: "/", domain: "localhost", sameSite: "strict", httpOnly: false, partitioned: true },
      });
      await browser.fetch("/set?key=color&value=red");
      const [set = ""] = browser.setCookies;
      const cookie = set.slice(0, set.indexOf(";"));
      const headers = { cookie };
      await browser.fetch("/remove?key=color", { headers });
      const [cleared = "", ...more] = browser.setCookies;
      assert.deepEqual(more, []);
      assert.match(cleared, /^session=;/);
      assert.match(cleared, /; *max-age=0(;|$)/i);
      assert.deepEqual(lastingAttributes(cleared), lastingAttributes(set));
      assert.deepEqual(await stage.stored(), []);
      assert.equal(await browser.text("/all", { headers }), "{}");
    },
  },
  {
    name: "shows the same data as the framework's property, the import and the handle",
    needs: ["property"],
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/same": (exchange) => {
            const property = exchange.property?.() as Record<string, unknown>;
            property["viaProperty"] = 1;
            data()["viaImport"] = 2;
            data(getSession().data)["viaHandle"] = 3;
            const views = [property, { ...session }, getSession().data].map((view) => JSON.stringify(view));
            return JSON.stringify([...views, JSON.stringify(session), JSON.stringify(Object.keys(property))]);
          },
        },
      });
      const written = '{"viaProperty":1,"viaImport":2,"viaHandle":3}';
      assert.deepEqual(await browser.json("/same"), [
        written,
        written,
        written,
        written,
        '["viaProperty","viaImport","viaHandle"]',
      ]);
      assert.deepEqual(await browser.json("/all"), JSON.parse(written));
    },
  },
  {
    name: "refuses an assignment to the framework's property, naming clear() and destroy()",
    needs: ["property"],
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/assign": (exchange) => {
            assert.throws(
              () => exchange.assign?.(null),
              (error) =>
                error instanceof TypeError && /clear\(\)/.test(error.message) && /destroy\(\)/.test(error.message),
            );
            return JSON.stringify(exchange.property?.());
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      assert.deepEqual(await browser.json("/assign"), { color: "red" });
    },
  },
  {
    name: "reads a lazy session only when asked to",
    async run(stage) {
      const browser = await stage.open({
        lazy: true,
        routes: {
          "/load": async () => {
            assert.throws(() => data()["color"], { code: "ERR_NOT_LOADED" });
            await getSession().load();
            return text(String(data()["color"]));
          },
          "/loadAndSet": async () => {
            await getSession().load();
            data()["color"] = "red";
            return "set";
          },
        },
      });
      await browser.text("/loadAndSet");
      stage.store.calls.length = 0;
      await browser.text("/untouched");
      assert.deepEqual(stage.store.calls, []);
      assert.equal(await browser.text("/load"), "red");
      assert.deepEqual(stage.store.calls, ["read"]);
    },
  },
  {
    name: "gives a flash message once",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/flash": () => {
            getSession().flash("Saved", "success");
            return "flashed";
          },
          "/flashes": () => JSON.stringify(getSession().flashes()),
        },
      });
      await browser.text("/flash");
      assert.deepEqual(await browser.json("/flashes"), [{ message: "Saved", category: "success" }]);
      assert.deepEqual(await browser.json("/flashes"), []);
    },
  },
  {
    name: "keeps the changes of parallel requests to different keys",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/slow": async () => {
            data()["slow"] = 1;
            await pass.wait();
            return "slow";
          },
        },
      });
      await browser.text("/set?key=first&value=1");
      const slow = browser.text("/slow");
      await pass.arrived;
      await browser.text("/set?key=fast&value=1");
      pass.open();
      await slow;
      assert.deepEqual(await browser.json("/all"), { first: "1", slow: 1, fast: "1" });
    },
  },
  {
    name: "keeps a cookie session in the cookie, without a store",
    async run(stage) {
      const browser = await stage.open({ secret: "a secret of at least thirty-two characters" });
      // Of a short one, a random cookie may well contain the letters.
      const secret = "unseen-by-whoever-holds-the-cookie";
      await browser.text(`/set?key=color&value=${secret}`);
      const [line = ""] = browser.setCookies;
      assert.ok(line.length > secret.length && !line.includes(secret));
      assert.deepEqual(await browser.json("/all"), { color: secret });
      assert.deepEqual(browser.setCookies, []);
      await browser.text("/remove?key=color");
      assert.deepEqual(browser.jar.cookies("http://127.0.0.1/"), []);
      assert.deepEqual(stage.store.calls, []);
    },
  },
  {
    name: "answers a cookie session of more than 4096 bytes with an error, and keeps the old one",
    async run(stage) {
      const browser = await stage.open({
        secret: "a secret of at least thirty-two characters",
        routes: {
          "/grow": () => {
            data()["large"] = "x".repeat(5000);
            return "grown";
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      const response = await browser.fetch("/grow");
      assert.equal(response.status, 500);
      assert.notEqual(await response.text(), "grown");
      assert.deepEqual(browser.setCookies, []);
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
];

/** The attributes of a Set-Cookie line that must agree for a browser to see one cookie in two lines, sorted. */
function lastingAttributes(line: string): string[] {
  const [, ...attributes] = line.split(/; */);
  return attributes.filter((attribute) => !/^(max-age|expires)=/i.test(attribute)).sort();
}
