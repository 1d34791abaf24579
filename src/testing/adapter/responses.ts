import { strict as assert } from "node:assert";
import { once } from "node:events";
import { request } from "node:http";
import { getSession } from "../../index.ts";
import { createClient } from "../client.ts";
import { data } from "./routes.ts";
import { type Case, text } from "./stage.ts";

/** Answers that end at once, of every kind. */
export const responseCases: readonly Case[] = [
  {
    name: "stores before a redirect leaves",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/redirect": () => {
            data()["color"] = "red";
            return { status: 303, headers: [["Location", "/all"]] };
          },
        },
      });
      const response = await browser.fetch("/redirect");
      assert.deepEqual(await stage.stored(), [{ color: "red" }]);
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("location"), "/all");
      assert.equal(browser.setCookies.length, 1);
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "commits responses of every status",
    async run(stage) {
      const statuses = [201, 204, 304, 400, 404, 422, 500, 503];
      const browser = await stage.open({
        routes: Object.fromEntries(
          statuses.map((status) => [
            `/${status}`,
            () => {
              data()[`s${status}`] = status;
              return { status, headers: [["ETag", '"tag"']] as const };
            },
          ]),
        ),
      });
      for (const status of statuses) {
        const response = await browser.fetch(`/${status}`);
        assert.equal(response.status, status);
        assert.equal(response.headers.get("etag"), '"tag"');
        assert.equal(response.headers.get("vary"), "Cookie");
        assert.equal(await response.text(), "");
      }
      assert.deepEqual(
        await browser.json("/all"),
        Object.fromEntries(statuses.map((status) => [`s${status}`, status])),
      );
    },
  },
  {
    name: "sets the cookie on a 304",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/notModified": () => {
            data()["color"] = "red";
            return { status: 304, headers: [["ETag", '"tag"']] };
          },
        },
      });
      const response = await browser.fetch("/notModified", { headers: { "if-none-match": '"tag"' } });
      assert.equal(response.status, 304);
      assert.equal(browser.setCookies.length, 1);
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "answers HEAD with the headers of GET and no body",
    async run(stage) {
      const browser = await stage.open();
      const response = await browser.fetch("/set?key=color&value=red", { method: "HEAD" });
      assert.equal(response.status, 200);
      assert.equal(await response.text(), "");
      assert.equal(response.headers.get("vary"), "Cookie");
      assert.equal(browser.setCookies.length, 1);
      assert.deepEqual(await browser.json("/all"), { color: "red" });
      assert.equal((await browser.fetch("/untouched", { method: "HEAD" })).headers.get("vary"), null);
    },
  },
  {
    name: "leaves an answer as it is: status, headers, length, body",
    async run(stage) {
      const body = "größer ✓".repeat(1000);
      const browser = await stage.open({
        routes: {
          "/body": () => {
            data()["color"] = "red";
            return text(body, [["X-Own", "kept"]], 201);
          },
        },
      });
      const response = await browser.fetch("/body");
      assert.equal(response.status, 201);
      assert.equal(response.headers.get("x-own"), "kept");
      assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
      assert.equal(await response.text(), body);
    },
  },
  {
    name: "commits the answer of an error handler, and drops the changes where the error passes the adapter",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/throw": () => {
            data()["color"] = "red";
            throw new Error("a mistake of the application's");
          },
          "/reject": async () => {
            await new Promise(setImmediate);
            data()["color"] = "red";
            throw new Error("a mistake of the application's");
          },
          "/caught": () => {
            data()["color"] = "blue";
            return text("sorry", [], 500);
          },
        },
      });
      for (const path of ["/throw", "/reject"]) {
        const visitor = browser.fork();
        const response = await visitor.fetch(path);
        assert.equal(response.status, 500, path);
        await response.text();
        const handled = stage.adapter.errors === "handled";
        assert.equal(visitor.setCookies.length, handled ? 1 : 0, path);
        assert.deepEqual(await visitor.json("/all"), handled ? { color: "red" } : {}, path);
      }
      assert.equal((await browser.fetch("/caught")).status, 500);
      assert.deepEqual(await browser.json("/all"), { color: "blue" });
    },
  },
  {
    name: "drops no change that was saved before an error, and sends the cookie that is owed",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/saveAndThrow": async () => {
            data()["saved"] = true;
            await getSession().save();
            throw new Error("a mistake of the application's");
          },
        },
      });
      const response = await browser.fetch("/saveAndThrow");
      assert.equal(response.status, 500);
      await response.text();
      assert.deepEqual(await stage.stored(), [{ saved: true }]);
      const inReach = stage.adapter.errors !== "leaves";
      assert.equal(browser.setCookies.length, inReach ? 1 : 0);
      assert.deepEqual(await browser.json("/all"), inReach ? { saved: true } : {});
    },
  },
  {
    name: "opens the session of an upgrade request",
    async run(stage) {
      const manager = stage.manager();
      const server = await stage.serve({ managers: [manager] });
      const browser = createClient(server.origin);
      await browser.text("/set?key=color&value=red");
      server.server.on("upgrade", async (request, socket) => {
        const session = await manager.open(request.headers.cookie);
        const greeting = manager.run(session, () => JSON.stringify(data()));
        data(session.data)["connected"] = true;
        await session.save();
        socket.end(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n${greeting}`);
      });
      assert.equal(await upgrade(server.origin, browser.cookieHeader() ?? ""), '{"color":"red"}');
      assert.deepEqual(await browser.json("/all"), { color: "red", connected: true });
    },
  },
];

/** What the server sends after it has switched protocols. */
async function upgrade(origin: string, cookie: string): Promise<string> {
  const sent = request(origin, { headers: { cookie, connection: "Upgrade", upgrade: "test" } });
  sent.end();
  const [, socket, head] = await once(sent, "upgrade");
  let received = String(head);
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString();
  });
  await once(socket, "close");
  return received;
}
