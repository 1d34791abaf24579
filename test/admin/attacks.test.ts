import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type AdminPage, admin, toNode } from "../../src/admin/index.ts";
import { jsonCodec } from "../../src/codecs/json.ts";
import { fingerprint, randomToken } from "../../src/core/crypto.ts";
import { createSessionManager, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { cpuTime } from "../lib/elapsed.ts";
import { open } from "./lib/operator.ts";
import { settle } from "./lib/population.ts";

const ends: (() => unknown)[] = [];
afterEach(() => Promise.all(ends.splice(0).map((end) => end())));

async function put(store: Store, text: string): Promise<string> {
  const id = fingerprint(randomToken(32));
  const end = new Date(Date.now() + 3_600_000);
  await store.create(id, Buffer.from(text), { expiresAt: end, endsAt: end });
  return id;
}

const reserved = '"_permanent":1,"_created":2,"_rev":3';
const flat = 'true,1764460800000,"r"';
const created = Date.now() - 1000;

describe("what somebody put into the store", () => {
  it.each([
    ["a list that says it is very long", `[{${reserved},"a":4},${flat},[-7,4294967295]]`],
    ["a list with gaps", `[{${reserved},"a":4},${flat},[-2,5,-2],"x"]`],
    [
      "values that are in very many places",
      `[{${reserved},"a":4},${flat},${Array.from({ length: 40 }, (_, index) => `[${5 + index},${5 + index}]`)},"x"]`,
    ],
    ["a circle", `[{${reserved},"a":4},${flat},[4]]`],
    ["maps of maps", `[{${reserved},"a":4},${flat},["Map",5,6],"token","secret-of-a-map"]`],
    [
      "more names than anybody reads",
      `{"_permanent":true,"_created":${created},${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`)},"_rev":"r"}`,
    ],
    [
      "a time in no calendar",
      `{"_permanent":true,"_created":8640000000000000,"_login":8640000000000000,"a":1,"_rev":"r"}`,
    ],
    [
      "odd words for a device",
      `{"_permanent":true,"_created":${created},"a":1,"_device":[{"userAgent":"</title><script>","address":"\\"><img>"}],"_rev":"r"}`,
    ],
    [
      "a user of many words",
      `{"a":"${"\\u202e".repeat(5000)}","_permanent":true,"_created":${created},"_user_id":"${"<".repeat(255)}","_rev":"r"}`,
    ],
    [
      "a name of the language",
      `{"constructor":{"a":1},"toString":"x","_permanent":true,"_created":${created},"_user_id":"__proto__","_rev":"r"}`,
    ],
  ])("hides nothing, breaks nothing and takes no time: %s", async (_, text) => {
    const store = memoryStore();
    const { operator } = open({ session: { store, lifetime: "36500d", idleTimeout: "36500d" } });
    const id = await put(store, text);
    const other = await settle(store, { subject: "grace" });
    const took = await cpuTime(async () => {
      for (const address of ["", "?list=", `?session=${id}`, `?do=end&session=${id}`]) {
        const { status, text: page, headers } = await operator.get(address);
        expect(status, address).toBe(200);
        expect(page).not.toMatch(/<script|<img|\u202e|secret-of-a-map/);
        expect(page.length).toBeLessThan(500_000);
        expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      }
      expect((await operator.get("?list=")).text).toContain(other.slice(0, 12));
      await operator.submit(`?do=reveal&session=${id}`).catch(() => {});
    });
    expect(took).toBeLessThan(3000);
  });

  it("masks a token that is a name, and shows it when asked to", async () => {
    const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    const { operator, store } = open();
    const id = await settle(store, { data: { [token]: 1 } });
    expect((await operator.get(`?session=${id}`)).text).not.toContain(token);
    expect((await operator.submit(`?session=${id}`)).text).toContain(token);
  });

  it("ends with everything, also what says that it is from the future", async () => {
    const { operator, store, manager } = open({ session: { lifetime: "36500d" } });
    const year = 365 * 86_400_000;
    const ids = [
      await settle(store, { subject: "ada", age: -year }),
      await settle(store, { subject: "ada", age: year }),
    ];
    await operator.submit("?do=end-everything");
    for (let wait = 0; wait < 20 && (await manager.get(ids[0] ?? "")) !== undefined; wait++) await sleep(50);
    expect([await manager.get(ids[0] ?? ""), await manager.get(ids[1] ?? "")]).toEqual([undefined, undefined]);
  });
});

it("a form for one user is none for another who is called nearly so", async () => {
  const { operator, store, manager } = open();
  const id = await settle(store, { subject: "ada " });
  const { text } = await operator.get("?do=end&user=ada");
  const token = /name="token" value="([^"]*)"/.exec(text)?.[1] ?? "";
  for (const user of ["ada%20", "ada%09", "ad%C3%A4", "%20ada", "ADA"]) {
    expect((await operator.post(`?do=end&user=${user}`, token)).status).toBe(403);
  }
  expect(await manager.get(id)).toBeDefined();
  expect((await operator.submit("?do=end&user=ada%20")).status).toBe(303);
  expect(await manager.get(id)).toBeUndefined();
});

describe("authorize", () => {
  it("may answer with the same response each time", async () => {
    const denied = new Response("sign in first", { status: 401 });
    const { operator } = open({ authorize: () => denied });
    for (let time = 0; time < 3; time++)
      expect(await operator.get("")).toMatchObject({ status: 401, text: "sign in first" });
  });

  it.each([[1], ["true"], [{}], [[true]], [new Proxy({}, {})], [Promise.resolve(Promise.resolve(false))], [null]])(
    "that says %o lets nobody in",
    async (word) => {
      const { operator } = open({ authorize: () => word as boolean });
      expect((await operator.get("")).status).toBe(403);
      expect((await operator.post("?do=end-everything", "x")).status).toBe(403);
    },
  );
});

describe("over a connection", () => {
  async function serve(page?: AdminPage): Promise<number> {
    const manager = createSessionManager({ store: memoryStore() });
    const server = createServer(toNode(page ?? admin({ manager, authorize: () => true })));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  /** Sends lines as they are, and resolves to the status of each answer. */
  async function raw(port: number, text: string, patience = 10_000): Promise<string> {
    const socket = connect({ host: "127.0.0.1", port });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => {});
    socket.write(text, "latin1");
    await Promise.race([new Promise((resolve) => socket.on("close", resolve)), sleep(patience)]);
    socket.destroy();
    return answer;
  }

  it.each([
    ["a user before the host", "GET / HTTP/1.1\r\nHost: evil@shop.example.com\r\nConnection: close\r\n\r\n", 200],
    ["no host's name", "GET / HTTP/1.1\r\nHost: ]:%\r\nConnection: close\r\n\r\n", 200],
    [
      "another site's address for a path",
      "GET http://evil.example.com/?list= HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      200,
    ],
    ["two slashes", "GET //evil.example.com/?find=ada HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 303],
    [
      "line breaks in what is looked for",
      "GET /?find=a%0d%0aSet-Cookie:%20x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      303,
    ],
    [
      "bytes that are no text",
      "GET /?user=%ff%fe&after=%00 HTTP/1.1\r\nHost: a\r\nCookie: \xff=\xfe\r\nConnection: close\r\n\r\n",
      200,
    ],
    ["OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405],
    ["DELETE", "DELETE /?do=end-everything HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405],
  ])("answers %s", async (_, text, status) => {
    const answer = await raw(await serve(), text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [head = ""] = answer.split("\r\n\r\n");
    expect(head).not.toMatch(/^set-cookie: x=1/im);
    const location = /^location: (.*)$/im.exec(head)?.[1];
    if (location !== undefined) expect(location).toMatch(/^\?/);
  });

  it("doesn't wait for a form that never ends, nor keeps one that is too long", async () => {
    const port = await serve();
    const head = (length: number) =>
      `POST /?do=end-everything HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\nContent-Length: ${length}\r\n\r\n`;
    const tooLong = await raw(port, head(10_000_000) + "x".repeat(100_000), 3000);
    // An answer, or the end of the connection.
    expect(tooLong === "" || tooLong.startsWith("HTTP/1.1 403 ")).toBe(true);
    // Others are served meanwhile.
    const slow = Array.from({ length: 50 }, () => raw(port, `${head(100)}token=`, 300));
    const status = await new Promise((resolve) =>
      request({ port, host: "127.0.0.1", agent: false }, (response) => resolve(response.resume().statusCode)).end(),
    );
    expect(status).toBe(200);
    await Promise.all(slow);
  });

  it("reads the store once for a thousand who look at the same moment", async () => {
    const store = memoryStore();
    let lists = 0;
    const counting: Store = Object.assign(Object.create(store), {
      create: store.create.bind(store),
      read: store.read.bind(store),
      replace: store.replace.bind(store),
      delete: store.delete.bind(store),
      list: (filter: Parameters<NonNullable<Store["list"]>>[0]) => {
        lists++;
        return (store.list as NonNullable<Store["list"]>)(filter);
      },
    });
    for (let count = 0; count < 100; count++) await settle(store, { subject: `u${count}` });
    const page = admin({ manager: createSessionManager({ store: counting }), authorize: () => true });
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => page(new Request("https://shop.example.com/")).then(({ status }) => status)),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(lists).toBe(1);
  });
});

it("takes its own codec's word for what is in a session", () => {
  // The texts above are records: else they would test nothing.
  expect(jsonCodec.decode(Buffer.from(`[{${reserved},"a":4},${flat},[-7,4294967295]]`))?.data["a"]).toHaveLength(
    2 ** 32 - 1,
  );
});
