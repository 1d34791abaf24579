import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hasMemcached } from "../../../scripts/services/memcached.ts";
import { memcachedClients, statsOf } from "../../stores/lib/memcached-clients.ts";
import { newPrefix, payload, say, usePlace } from "./lib/memcached.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const after = (span: number) => new Date(Date.now() + span);
const meta = (life = HOUR) => ({ expiresAt: after(life), endsAt: after(2 * life) });
const names = Object.keys(memcachedClients);

const { port, storeOf } = usePlace();

/** Puts an item there as another program does. */
async function put(key: string, flags: number, value: Buffer): Promise<void> {
  const head = Buffer.from(`set ${key} ${flags} 3600 ${value.length}\r\n`);
  await say(port(), Buffer.concat([head, value, Buffer.from("\r\n")]), "STORED");
}

/** What the server says of a key. */
async function itemAt(key: string): Promise<string> {
  return (await say(port(), `get ${key}\r\n`, "END")).toString("latin1");
}

/** Seconds that Memcached still keeps an item; -1 for ever. */
async function secondsLeft(key: string): Promise<number> {
  const answer = (await say(port(), `mg ${key} t\r\nmn\r\n`, "MN")).toString();
  return Number(/^HD t(-?\d+)/.exec(answer)?.[1]);
}

describe.skipIf(!hasMemcached)("what is stored", () => {
  it.each(names)("is the payload and nothing else, with flags 0, %s", async (name) => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    const lines = Buffer.from("\r\nEND\r\n\\n\\r\0\xff", "latin1");
    await store.create("a", lines, meta());
    expect(await itemAt(`${prefix}a`)).toBe(
      `VALUE ${prefix}a 0 ${lines.length}\r\n${lines.toString("latin1")}\r\nEND\r\n`,
    );
    const found = await store.read("a");
    expect(found?.payload).toEqual(lines);
    expect(await store.replace("a", payload, found?.version, meta())).toBe("ok");
    expect(await itemAt(`${prefix}a`)).toBe(`VALUE ${prefix}a 0 33\r\n${payload.toString("latin1")}\r\nEND\r\n`);
  });

  it.each(names)("lasts as long as asked, %s", async (name) => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    for (const life of [SECOND, HOUR, 30 * DAY, 31 * DAY, 400 * DAY]) {
      await store.create(`for${life}`, payload, meta(life));
      const left = await secondsLeft(`${prefix}for${life}`);
      expect(left).toBeGreaterThanOrEqual(life / SECOND);
      expect(left).toBeLessThanOrEqual(life / SECOND + 3);
    }
    await store.create("for20years", payload, meta(20 * 365 * DAY));
    expect(await secondsLeft(`${prefix}for20years`)).toBeGreaterThan(10 * 365 * 24 * 3600);
  });
});

/** What pylibmc 1.6.3, python-memcached 1.62 and pymemcache 4.0.0 send for bytes, short, and compressed. */
const json = Buffer.from(`{"v":"${"a".repeat(200)}"}`);
const written: [name: string, flags: number, hex: string, expected: Buffer][] = [
  ["any of them", 0, payload.toString("hex"), payload],
  ["pylibmc, compressed", 8, "789cab562a53b2524a1c2640a916009dc04df9", json],
  [
    "pymemcache, compressed",
    8,
    "789cedcf410d00400804312f2b033767820fc1fbd99890a9834e3a95774476fc80f961f3c3e687cd0f9b1f363f6c7ed8fcb0ddfb7c821d17bb",
    Buffer.concat(Array.from({ length: 20 }, () => json)),
  ],
  [
    "Flask-Session 0.3, by pickle",
    0,
    "286470300a565f7065726d616e656e740a70310a4930310a73",
    Buffer.from("(dp0\nV_permanent\np1\nI01\ns"),
  ],
  ["one with a flag for text", 16, "7b7d", Buffer.from("{}")],
  ["one with flags that nobody knows", 0xffff_fff0 & ~8, "7b7d", Buffer.from("{}")],
  ["one with a flag for pickle", 1, "80052e", Buffer.from("80052e", "hex")],
  ["one with a flag for an integer", 2, "7b", Buffer.from("{")],
];

describe.skipIf(!hasMemcached).each(names)("what others wrote, %s", (name) => {
  it.each(written)("is read: of %s", async (_, flags, hex, expected) => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    await put(`${prefix}a`, flags >>> 0, Buffer.from(hex, "hex"));
    const found = await store.read("a");
    expect(found?.payload).toEqual(expected);
    expect(await store.replace("a", payload, found?.version, meta())).toBe("ok");
    expect(await itemAt(`${prefix}a`)).toMatch(/^VALUE \S+ 0 33\r\n/);
  });

  it("is left as it is where it isn't what its flags say, or too large", async () => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    for (const value of [payload, deflateSync(Buffer.alloc(2 ** 23 + 1)), deflateSync(json).subarray(0, 10)]) {
      await put(`${prefix}a`, 8, value);
      expect((await store.read("a"))?.payload).toEqual(value);
    }
  });

  it("is missing where it has no bytes, and can be created", async () => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    const item = await put(`${prefix}a`, 0, payload).then(() => store.read("a"));
    await put(`${prefix}a`, 0, Buffer.alloc(0));
    expect(await store.read("a", { ifBefore: after(HOUR), expiresAt: after(HOUR) })).toBeUndefined();
    expect(await store.replace("a", payload, item?.version, meta())).toBe("gone");
    expect(await store.create("a", payload, meta())).toBe("ok");
    expect(await store.create("a", payload, meta())).toBe("exists");
    await put(`${prefix}a`, 0, Buffer.alloc(0));
    expect(await store.delete("a")).toBe(false);
  });

  it("of the same bytes is the same version, of others a conflict, removed gone", async () => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    await store.create("a", payload, meta());
    const found = await store.read("a");
    await put(`${prefix}a`, 0, payload);
    expect(await store.replace("a", payload, found?.version, meta())).toBe("ok");
    await put(`${prefix}a`, 0, Buffer.from("other"));
    expect(await store.replace("a", payload, found?.version, meta())).toBe("conflict");
    await say(port(), `delete ${prefix}a\r\n`, "DELETED");
    expect(await store.replace("a", payload, found?.version, meta())).toBe("gone");
  });

  it("is renewed by the first read, since nobody knows its end, and then when it is due", async () => {
    const prefix = newPrefix();
    const store = storeOf(name, prefix);
    await put(`${prefix}a`, 0, payload);
    const renewal = { ifBefore: after(2 * HOUR), expiresAt: after(3 * HOUR) };
    expect((await store.read("a", renewal))?.renewed).toBe(true);
    expect(await secondsLeft(`${prefix}a`)).toBeGreaterThan(2.9 * 3600);
    const touches = (await statsOf(port()))["cmd_touch"];
    expect((await store.read("a", renewal))?.renewed).toBe(false);
    expect((await statsOf(port()))["cmd_touch"]).toBe(touches);
    expect((await store.read("a", { ifBefore: after(4 * HOUR), expiresAt: after(5 * HOUR) }))?.renewed).toBe(true);
  });
});

describe.skipIf(!hasMemcached)("an id that can't be a key", () => {
  it.each(names)("costs no command, %s", async (name) => {
    const store = storeOf(name);
    const before = await statsOf(port());
    for (const id of ["a b", "a\tb", "a\r\nget b", "a\0", "é", "x".repeat(300)]) {
      expect(await store.read(id)).toBeUndefined();
      expect(await store.replace(id, payload, payload, meta())).toBe("gone");
      expect(await store.delete(id)).toBe(false);
      await expect(store.create(id, payload, meta())).rejects.toThrow(/doesn't fit/);
    }
    const now = await statsOf(port());
    for (const count of ["cmd_get", "cmd_set", "delete_misses"]) expect(now[count]).toBe(before[count]);
  });
});
