import { createHash } from "node:crypto";
import { Client as Memjs } from "memjs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../scripts/services/lib/ask.ts";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import type { Service } from "../../scripts/services/service.ts";
import { createSessionManager } from "../../src/index.ts";
import type { MemcachedClient } from "../../src/stores/lib/memcached-clients.ts";
import { type MemcachedStoreOptions, memcachedStore } from "../../src/stores/memcached.ts";
import type { StoreFault } from "../../src/testing/index.ts";
import { startProxy } from "../lib/proxy.ts";
import { memcachedClients, startMemcachedWith, statsOf } from "./lib/memcached-clients.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const payload = Uint8Array.of(1, 2, 3);
const after = (span: number) => new Date(Date.now() + span);
const meta = (life = HOUR) => ({ expiresAt: after(life), endsAt: after(2 * life) });
const names = Object.keys(memcachedClients);

let server: Service;
beforeAll(async () => {
  if (hasMemcached) server = await startMemcached();
});
afterAll(() => server?.stop());

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

let prefixes = 0;
const newPrefix = () => `${prefixes++}:`;

function clientOf(name: string, port: number, fault?: StoreFault): MemcachedClient {
  const connection = memcachedClients[name]?.(port, fault);
  if (!connection) throw new Error(name);
  ends.push(connection.end);
  return connection.client;
}

function storeOf(name: string, options: Partial<MemcachedStoreOptions> = {}, port = server.port) {
  return memcachedStore({ client: clientOf(name, port), prefix: newPrefix(), ...options });
}

/** What stands under a key, read by other means than ours. */
async function itemAt(key: string): Promise<Buffer | null> {
  const client = Memjs.create(`127.0.0.1:${server.port}`, { timeout: 10 });
  ends.push(() => client.close());
  return (await client.get(key)).value;
}

/** Seconds that Memcached itself still keeps an item; -1 for ever. */
async function secondsLeft(key: string): Promise<number> {
  const answer = await ask(server.port, `mg ${key} t\r\n`);
  return Number(/^HD t(-?\d+)/.exec(answer)?.[1]);
}

async function started(...flags: string[]): Promise<Service> {
  const service = await startMemcachedWith(...flags);
  ends.push(() => service.stop());
  return service;
}

describe.skipIf(!hasMemcached)("what is stored", () => {
  it("is one item: a mark, the end in milliseconds, and the payload", async () => {
    const store = storeOf("memjs", { prefix: "session:" });
    const about = meta();
    await store.create("token_-1", payload, about);
    const item = await itemAt("session:token_-1");
    expect(item?.[0]).toBe(0xc1);
    expect(item?.readUIntBE(1, 6)).toBe(about.expiresAt.getTime());
    expect([...(item?.subarray(7) ?? [])]).toEqual([...payload]);
  });

  it("stands under a digest where the id makes no key, and no id makes the key of another", async () => {
    const store = storeOf("memjs", { prefix: "odd:" });
    const digest = createHash("sha256").update("a b").digest("base64url");
    await store.create("a b", payload, meta());
    expect(await itemAt(`odd:~${digest}`)).not.toBeNull();
    expect(await store.read(`~${digest}`)).toBeUndefined();
    expect(await store.create(`~${digest}`, payload, meta())).toBe("ok");
  });

  it.each(names)("lives as long as asked in Memcached too, %s", async (name) => {
    const prefix = newPrefix();
    const store = storeOf(name, { prefix });
    for (const life of [1, SECOND, 1500, HOUR, 30 * DAY - 1, 30 * DAY, 31 * DAY, 400 * DAY]) {
      await store.create(`for${life}`, payload, meta(life));
      const left = await secondsLeft(`${prefix}for${life}`);
      expect(left).toBeGreaterThanOrEqual(Math.floor(life / SECOND));
      // Its clock counts whole seconds, and ticks late on a busy machine.
      expect(left).toBeLessThanOrEqual(Math.ceil(life / SECOND) + 3);
    }
    // Past what it can count to; the end in the item is still checked.
    await store.create("for20years", payload, meta(20 * 365 * DAY));
    expect(await secondsLeft(`${prefix}for20years`)).toBe(-1);
  });

  it.each(names)("is the end that a renewal and a replace move, %s", async (name) => {
    const prefix = newPrefix();
    const store = storeOf(name, { prefix });
    await store.create("a", payload, meta());
    await store.read("a", { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) });
    expect(await secondsLeft(`${prefix}a`)).toBeGreaterThan(2.9 * 3600);
    await store.replace("a", payload, payload, meta(60 * SECOND));
    expect(await secondsLeft(`${prefix}a`)).toBeLessThan(70);
  });

  it.each(names)("what another program wrote is a payload, and never renewed, %s", async (name) => {
    const foreign = Memjs.create(`127.0.0.1:${server.port}`, { timeout: 10 });
    ends.push(() => foreign.close());
    const prefix = newPrefix();
    await foreign.set(`${prefix}a`, Buffer.from([0x81, 0xff, 0x0d, 0x0a]), { expires: 3600 });
    const store = storeOf(name, { prefix });
    const found = await store.read("a", { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) });
    expect(found).toMatchObject({ payload: Buffer.from([0x81, 0xff, 0x0d, 0x0a]), renewed: false });
    expect(found?.expiresAt).toBeUndefined();
    expect(await store.replace("a", payload, found?.version, meta())).toBe("ok");
  });

  it.each(names)("what was written through one client is read through any, %s", async (name) => {
    const prefix = newPrefix();
    await storeOf(name, { prefix }).create("a", payload, meta());
    for (const other of names)
      expect([...((await storeOf(other, { prefix }).read("a"))?.payload ?? [])]).toEqual([...payload]);
  });
});

describe.skipIf(!hasMemcached)("commands", () => {
  async function commandsOf(act: () => Promise<unknown>): Promise<string> {
    const before = await statsOf(server.port);
    await act();
    const now = await statsOf(server.port);
    const counted = ["cmd_get", "cmd_set", "delete_hits", "delete_misses"].map((name) => {
      return `${(now[name] ?? Number.NaN) - (before[name] ?? Number.NaN)} ${name}`;
    });
    return counted.filter((count) => !count.startsWith("0 ")).join(", ");
  }

  it.each(names)("a call is one command, and a second one where it must be, %s", async (name) => {
    const store = storeOf(name);
    const due = { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) };
    expect(await commandsOf(() => store.create("a", payload, meta()))).toBe("1 cmd_set");
    expect(await commandsOf(() => store.read("a"))).toBe("1 cmd_get");
    const before = await store.read("a");
    expect(await commandsOf(() => store.read("a", due))).toBe("1 cmd_get, 1 cmd_set");
    expect(await commandsOf(() => store.read("a", due))).toBe("1 cmd_get");
    const now = await store.read("a");
    expect(await commandsOf(() => store.replace("a", payload, now?.version, meta()))).toBe("1 cmd_set");
    expect(await store.replace("a", payload, before?.version, meta())).toBe("ok");
    expect(await commandsOf(() => store.replace("a", payload, payload, meta()))).toBe("1 cmd_get, 1 cmd_set");
    expect(await commandsOf(() => store.delete("a"))).toBe("1 cmd_get, 1 delete_hits");
  });
});

describe.skipIf(!hasMemcached)("two processes", () => {
  it.each(names)("a renewal never brings nearer the end that another put off, %s", async (name) => {
    const prefix = newPrefix();
    const [one, two] = [storeOf(name, { prefix }), storeOf(name, { prefix })];
    await one.create("a", payload, meta());
    expect(await two.read("a", { ifBefore: after(2 * HOUR), expiresAt: after(4 * HOUR) })).toMatchObject({
      renewed: true,
    });
    const renewal = { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) };
    expect((await one.read("a", renewal))?.renewed).toBe(false);
    expect(await secondsLeft(`${prefix}a`)).toBeGreaterThan(3.9 * 3600);
  });

  it.each(names)("nor where it does so between our reading and our renewing, %s", async (name) => {
    const prefix = newPrefix();
    const proxy = await startProxy(server.port);
    ends.push(() => proxy.stop());
    const late = storeOf(name, { prefix }, proxy.port);
    const other = storeOf(name, { prefix });
    await other.create("a", payload, meta());
    await late.read("a");
    const before = await statsOf(server.port);
    await proxy.set({ delay: 1000 });
    const reading = late.read("a", { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) });
    await expect.poll(async () => (await statsOf(server.port))["cmd_get"]).toBe((before["cmd_get"] ?? 0) + 1);
    expect(await other.replace("a", Uint8Array.of(9), payload, meta(9 * HOUR))).toBe("ok");
    await proxy.set("pass");
    expect((await reading)?.renewed).toBe(false);
    expect([...((await other.read("a"))?.payload ?? [])]).toEqual([9]);
    expect(await secondsLeft(`${prefix}a`)).toBeGreaterThan(8.9 * 3600);
  });
});

describe.skipIf(!hasMemcached)("what is too large", () => {
  const MiB = 2 ** 20;

  it.each(names)("is refused with advice, at the limit and not before, with the old one in place, %s", async (name) => {
    const store = storeOf(name);
    await store.create("a", payload, meta());
    let length = MiB;
    const replace = () => store.replace("a", new Uint8Array(length), payload, meta());
    for (; (await replace().catch(String)) !== "ok"; length--) {
      const refusal = /^Error: A session takes (\d+) bytes in Memcached, of 1048576 at most: start Memcached with/;
      await expect(replace()).rejects.toThrow(/-I.*maxItemBytes.*maxBytes/);
      const takes = Number(refusal.exec(await replace().catch(String))?.[1]);
      expect([...((await store.read("a"))?.payload ?? [])]).toEqual([...payload]);
      length = Math.min(length, length - Math.floor(((takes - MiB) * 3) / 4) + 1);
    }
    expect((await store.read("a"))?.payload.length).toBe(length);
    expect(length).toBeGreaterThan(name === "memcached" ? 786_000 : MiB - 200);
  });

  it.each(names)(
    "is refused by a server that takes less than was told, with the old one in place, %s",
    async (name) => {
      const { port } = await started("--max-item-size=512k");
      const store = storeOf(name, {}, port);
      await store.create("a", payload, meta());
      await expect(store.replace("a", new Uint8Array(600_000), payload, meta())).rejects.toThrow();
      await expect(store.create("b", new Uint8Array(600_000), meta())).rejects.toThrow();
      const again = storeOf(name, { prefix: `${prefixes - 1}:` }, port);
      expect([...((await again.read("a"))?.payload ?? [])]).toEqual([...payload]);
      expect(await again.read("b")).toBeUndefined();
    },
  );

  it("fits where both the server and the store take more", async () => {
    const { port } = await started("--max-item-size=4m");
    for (const name of ["memjs", "memcache-client"]) {
      const store = storeOf(name, { maxItemBytes: 4 * MiB }, port);
      expect(await store.create("a", new Uint8Array(3 * MiB), meta())).toBe("ok");
      expect((await store.read("a"))?.payload.length).toBe(3 * MiB);
    }
  });

  it.each(names)("a server whose memory is full rejects, and says not that the id exists, %s", async (name) => {
    const { port } = await started("--disable-evictions", "--memory-limit=2");
    const store = storeOf(name, {}, port);
    const fill = async () => {
      for (let count = 0; count < 100; count++) {
        const outcome = await store.create(`id${count}`, new Uint8Array(100_000), meta());
        expect(outcome).toBe("ok");
      }
    };
    await expect(fill()).rejects.toThrow(/refused|out of memory/i);
  });
});

it.skipIf(!hasMemcached).each(names)("signs in and out, and says that it can't list, %s", async (name) => {
  const manager = createSessionManager({ store: storeOf(name) });
  const first = await manager.open(undefined);
  first.login("ann");
  const [, cookie = ""] = (await manager.commit(first)).find(([header]) => header === "Set-Cookie") ?? [];
  const second = await manager.open(cookie.split(";")[0]);
  expect(second.subject).toBe("ann");
  second.logout();
  await manager.commit(second);
  expect((await manager.open(cookie.split(";")[0])).subject).toBeUndefined();
  await expect(manager.revokeAll("ann")).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
});

it.skipIf(!hasMemcached).each(names)("goes with no server that gives no cas tokens, %s", async (name) => {
  const { port } = await started("--disable-cas");
  const store = storeOf(name, {}, port);
  expect(await store.create("a", payload, meta())).toBe("ok");
  await expect(store.read("a")).rejects.toThrow(/without -C/);
  await expect(store.replace("a", payload, payload, meta())).rejects.toThrow(/without -C/);
});
