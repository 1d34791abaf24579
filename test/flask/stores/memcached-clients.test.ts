import Memcached from "memcached";
import { Client as Memjs } from "memjs";
import { describe, expect, it } from "vitest";
import { hasMemcached, startMemcached } from "../../../scripts/services/memcached.ts";
import { type BareMemcachedStoreOptions, bareMemcachedStore } from "../../../src/flask/stores/memcached.ts";
import { startProxy } from "../../lib/proxy.ts";
import { memcachedClients, startMemcachedWith, statsOf } from "../../stores/lib/memcached-clients.ts";
import { connectionOf, newPrefix, payload, usePlace } from "./lib/memcached.ts";

const HOUR = 3_600_000;
const after = (span: number) => new Date(Date.now() + span);
const meta = (life = HOUR) => ({ expiresAt: after(life), endsAt: after(2 * life) });
const names = Object.keys(memcachedClients);

const { port, ends, storeOf } = usePlace();

describe.skipIf(!hasMemcached)("the application's own use of its client", () => {
  it.each(["memcache-client", "memcached"])("goes on as before, %s", async (name) => {
    const prefix = newPrefix();
    const { client, end } = connectionOf(name, port());
    ends.push(end);
    const store = bareMemcachedStore({ client, prefix });
    const { set, get } = ownUse(client);
    for (let round = 0; round < 20; round++) {
      const [, , found] = await Promise.all([
        store.create(`id${round}`, payload, meta()),
        set(`${prefix}own${round}`, "é\r\ntext"),
        store.read(`id${round - 1}`),
      ]);
      expect(found?.payload).toEqual(round === 0 ? undefined : payload);
      expect(await get(`${prefix}own${round}`)).toBe("é\r\ntext");
    }
  });

  /** Both clients take a callback last. */
  function ownUse(client: unknown) {
    const call = (method: string, ...args: unknown[]) =>
      new Promise<unknown>((resolve, reject) => {
        const done = (error: unknown, result: unknown) => (error ? reject(error) : resolve(result));
        const command: unknown = Reflect.get(Object(client), method);
        if (typeof command === "function") Reflect.apply(command, client, [...args, done]);
      });
    return {
      set: (key: string, value: string) =>
        client instanceof Memcached ? call("set", key, value, 60) : call("set", key, value, { lifetime: 60 }),
      async get(key: string) {
        const found = await call("get", key);
        return typeof found === "object" && found !== null && "value" in found ? found.value : found;
      },
    };
  }

  it("memcached with a namespace, and over two servers", async () => {
    const other = await startMemcached();
    ends.push(() => other.stop());
    const addresses = [port(), other.port].map((port) => `127.0.0.1:${port}`);
    const client = new Memcached(addresses, { namespace: "app:" });
    ends.push(() => client.end());
    const store = bareMemcachedStore({ client, prefix: newPrefix() });
    for (let count = 0; count < 40; count++) expect(await store.create(`id${count}`, payload, meta())).toBe("ok");
    for (let count = 0; count < 40; count++) expect((await store.read(`id${count}`))?.payload).toEqual(payload);
    const share = (await statsOf(other.port))["cmd_set"] ?? Number.NaN;
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(40);
  });
});

describe.skipIf(!hasMemcached)("a server that fails", () => {
  it.each(names)("is an error where it refuses, with the old one in place, %s", async (name) => {
    const { port, stop } = await startMemcachedWith("--max-item-size=512k");
    ends.push(stop);
    const store = storeOf(name, newPrefix(), port);
    await store.create("a", payload, meta());
    await expect(store.replace("a", Buffer.alloc(600_000, 1), payload, meta())).rejects.toThrow(/large/);
    await expect(store.create("b", Buffer.alloc(600_000, 1), meta())).rejects.toThrow(/large/);
    expect((await store.read("a"))?.payload).toEqual(payload);
    expect(await store.read("b")).toBeUndefined();
  });

  async function behindProxy(name: string) {
    const proxy = await startProxy(port());
    ends.push(() => proxy.stop());
    const store = storeOf(name, newPrefix(), proxy.port);
    await store.create("a", payload, meta());
    return { proxy, store };
  }

  it.each(names)("is an error where it goes, and no matter once it is back, %s", async (name) => {
    const { proxy, store } = await behindProxy(name);
    await proxy.set("stall");
    const reading = Promise.allSettled([
      store.read("a"),
      store.read("a"),
      store.replace("a", payload, payload, meta()),
    ]);
    proxy.reset();
    for (const { status } of await reading) expect(status).toBe("rejected");
    await proxy.set("pass");
    await expect
      .poll(() => store.read("a").then((found) => found?.payload, String), { timeout: 5000 })
      .toEqual(payload);
  });

  it("is an error where it answers what it never would, that tells nothing of it, memcached", async () => {
    const { proxy, store } = await behindProxy("memcached");
    await proxy.set({ garbage: Buffer.from("VALUE secret 0 x 1\r\nsecret\r\nsecret\r\n") });
    const late = new Promise((_, reject) => setTimeout(reject, 3000, new Error("late")));
    const error = await Promise.race([store.delete("a"), late]).then(String, String);
    expect(error).toMatch(/^Error: /);
    expect(error).not.toContain("secret");
    await proxy.set("pass");
    proxy.reset();
    await expect
      .poll(() => store.read("a").then((found) => found?.payload, String), { timeout: 5000 })
      .toEqual(payload);
  });

  it.each(names)("goes with no server that gives no cas tokens, %s", async (name) => {
    const { port, stop } = await startMemcachedWith("--disable-cas");
    ends.push(stop);
    const store = storeOf(name, newPrefix(), port);
    expect(await store.create("a", payload, meta())).toBe("ok");
    await expect(store.read("a")).rejects.toThrow(/without -C/);
  });
});

describe("options", () => {
  const client = Memjs.create("127.0.0.1:1");
  const refuse = (options: unknown, message: RegExp) => {
    const make = () => bareMemcachedStore(options as BareMemcachedStoreOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  };

  it.each([undefined, null, 1, {}, { get: () => "", set: () => "" }])("refuses client %j", (wrong) =>
    refuse({ client: wrong }, /^client: a client of `memjs`, `memcache-client` or `memcached`$/),
  );
  it("refuses clients whose connections can't be reached", () => {
    const methods = { gets() {}, add() {}, cas() {}, del() {}, getMulti() {} };
    refuse({ client: methods }, /^client: of memcached 2/);
    refuse({ client: { options: { server: "a:1" }, gets() {}, xsend() {} } }, /^client: of memcache-client 1/);
  });
  it.each([null, 1, "a b", "a\r\nb", "é", "a".repeat(251)])("refuses prefix %j", (prefix) =>
    refuse({ client, prefix }, /^prefix: /),
  );
});
