import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../src/codec.ts";
import { jsonCodec } from "../../src/codecs/json.ts";
import { prototypesIn } from "./lib/values.ts";

const { encode, decode } = jsonCodec;
const read = (text: string): SessionRecord | undefined => decode(Buffer.from(text));
const KINDS = [Object, Array, Date, Map, Set, Uint8Array].map((kind) => kind.prototype);

/** What is decoded must be a record that can be encoded again, of known kinds only, without own `__proto__` anywhere. */
function isSound(bytes: Uint8Array): boolean {
  const record = decode(bytes);
  if (record === undefined) return true;
  const again = encode(record);
  return (
    Buffer.from(again).equals(Buffer.from(encode(decode(again) as SessionRecord))) &&
    [...prototypesIn(record)].every((prototype) => prototype === null || KINDS.includes(prototype as object))
  );
}

describe("decoding what it didn't write", () => {
  it("survives any bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((rest) => Uint8Array.of(0x7b, ...rest)),
      fc.uint8Array({ maxLength: 200 }).map((rest) => Uint8Array.of(0x5b, ...rest)),
    );
    fc.assert(fc.property(bytes, isSound), { numRuns: 1000 });
  });

  it("survives JSON of any shape", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => isSound(Buffer.from(json))),
      { numRuns: 1000 },
    );
  });

  it("survives any list of devalue's notation", () => {
    const index = fc.integer({ min: -8, max: 8 });
    const tag = fc.constantFrom(
      "Map",
      "Set",
      "Date",
      "BigInt",
      "Bytes",
      "null",
      "Object",
      "RegExp",
      "URL",
      "Uint8Array",
      "ArrayBuffer",
    );
    const pointers = fc.array(index, { maxLength: 4 });
    const node = fc.oneof(
      fc.dictionary(fc.constantFrom("_permanent", "_flashes", "_created", "_user_id", "a", "__proto__"), index, {
        noNullPrototype: true,
      }),
      pointers,
      fc.tuple(tag, fc.oneof(index, fc.string())),
      fc.tuple(tag, fc.string()).chain(([name]) => pointers.map((rest) => [name, ...rest])),
      fc.boolean(),
      fc.string(),
      fc.integer(),
    );
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 8 }), (list) => isSound(Buffer.from(JSON.stringify(list)))),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["JSON", { data: { a: [1, "ä", { b: null }] }, permanent: true, subject: "alice", createdAt: new Date(1) }],
    ["rich", { data: { a: new Map([["k", new Set([1n])]]), b: new Date(1), c: new Uint8Array(3) }, permanent: true }],
  ])("refuses %s cut at any length", (_name, record) => {
    const bytes = encode(record);
    for (let length = 0; length < bytes.length; length++) expect(decode(bytes.subarray(0, length))).toBeUndefined();
    expect(decode(bytes)).toBeDefined();
  });

  it.each([
    "",
    " ",
    "null",
    "true",
    "1",
    '"x"',
    "[]",
    "{}",
    "[1]",
    "-1",
    "[-1]",
    "[[]]",
    '[["null"]]',
    "{]",
    '{"a":1}',
    "\ufeff{}",
  ])("refuses %j", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ["own __proto__", '{"_permanent":true,"__proto__":{"admin":true}}'],
    ["nested __proto__", '{"_permanent":true,"a":{"__proto__":{"admin":true}}}'],
    ["escaped __proto__", '{"_permanent":true,"a":{"\\u005f_proto__":{"admin":true}}}'],
    ["__proto__ in devalue", '[{"_permanent":1,"__proto__":2},true,{"admin":1}]'],
    ["nested __proto__ in devalue", '[{"_permanent":1,"a":2},true,{"__proto__":0}]'],
    ["__proto__ of a null prototype", '[{"_permanent":1,"a":2},true,["null","__proto__",0]]'],
    ["a regular expression", '[{"_permanent":1,"a":2},true,["RegExp","(a+)+$"]]'],
    ["an unknown kind", '[{"_permanent":1,"a":2},true,["Evil",1]]'],
    ["a kind named as a method", '[{"_permanent":1,"a":2},true,["constructor",1]]'],
    ["a map at the top", '[["Map",1,2],"_permanent",true]'],
    ["permanent missing", '{"a":1}'],
    ["permanent malformed", '{"_permanent":1}'],
    ["subject malformed", '{"_permanent":true,"_user_id":7}'],
    ["subject null", '{"_permanent":true,"_user_id":null}'],
    ["creation malformed", '{"_permanent":true,"_created":"now"}'],
    ["creation beyond all dates", '{"_permanent":true,"_created":1e300}'],
    ["login beyond all dates", '{"_permanent":true,"_login":-1e300}'],
    ["creation infinite", '[{"_permanent":1,"_created":-4},true]'],
    ["creation not a number", '[{"_permanent":1,"_created":-3},true]'],
    ["creation of a fraction", '{"_permanent":true,"_created":1.5}'],
    ["revision malformed", '{"_permanent":true,"_rev":1}'],
    ["device malformed", '{"_permanent":true,"_device":"x"}'],
    ["device without a use", '{"_permanent":true,"_device":[]}'],
    ["device of three uses", '{"_permanent":true,"_device":[{},{},{}]}'],
    ["an address that is no text", '{"_permanent":true,"_device":[{"address":7}]}'],
    ["flashes malformed", '{"_permanent":true,"_flashes":"x"}'],
    ["flashes of no pairs", '{"_permanent":true,"_flashes":[1]}'],
    ["flashes of triples", '{"_permanent":true,"_flashes":[["a","b","c"]]}'],
    ["flashes without category", '{"_permanent":true,"_flashes":[[1,"b"]]}'],
    ["flashes with a hole", '[{"_permanent":1,"_flashes":2},true,[-2,3],["a","b"]]'],
    ["flashes that are a sparse list", '[{"_permanent":1,"_flashes":2},true,[-7,5]]'],
    ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString("latin1")],
    ["trailing text", '{"_permanent":true} x'],
    ["two values", '{"_permanent":true}{"_permanent":true}'],
  ])("refuses %s", (_name, text) => {
    expect(read(text)).toBeUndefined();
  });

  it("does not change any prototype", () => {
    read('{"_permanent":true,"__proto__":{"polluted":true}}');
    read('[{"_permanent":1,"a":2},true,{"__proto__":3},{"polluted":1}]');
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("bounds", () => {
  it.each([
    ["JSON lists", `{"_permanent":true,"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["JSON objects", `{"_permanent":true,"a":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`],
    ["brackets alone", "[".repeat(100_000)],
    [
      "devalue lists",
      JSON.stringify([{ _permanent: 1, a: 2 }, true, ...Array.from({ length: 10_000 }, (_, i) => [i + 3]), 1]),
    ],
  ])("refuses deep nesting: %s", (_name, text) => {
    expect(read(text)).toBeUndefined();
  });

  it("expands no shared lists (billion laughs)", () => {
    const laughs = Array.from({ length: 40 }, (_, level) => Array.from({ length: 10 }, () => level + 3));
    const record = read(JSON.stringify([{ _permanent: 1, a: 2 }, true, ...laughs, "ha"]));
    expect(record === undefined || Buffer.from(encode(record)).length < 5000).toBe(true);
  });

  it("holds a huge sparse list without filling it", () => {
    const text = '[{"_permanent":1,"a":2},true,[-7,4000000000,3999999999,1]]';
    const record = read(text);
    expect(record === undefined || (record.data["a"] as unknown[]).length === 4_000_000_000).toBe(true);
    expect(record === undefined || Buffer.from(encode(record)).length < 200).toBe(true);
  });

  it("refuses flash messages in a huge sparse list, without walking it", () => {
    const refused = read('[{"_permanent":1,"_flashes":2},true,[-7,3000000]]') === undefined;
    expect(refused).toBe(true);
  });

  it("what it decodes can be encoded key by key, as the merge does", () => {
    const chain = Array.from({ length: 100 }, (_, index) => [index + 103]);
    const heads = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${99 - index}`, 102 + 99 - index]));
    const record = read(JSON.stringify([{ ...heads, _permanent: 1 }, true, ...Array(100).fill(0), ...chain, 1]));
    for (const value of Object.values(record?.data ?? {})) {
      expect(() => encode({ data: { value }, permanent: true })).not.toThrow();
    }
  });

  it("refuses more than 16 MiB unread", () => {
    expect(
      decode(Buffer.concat([Buffer.from('{"_permanent":true,"a":"'), Buffer.alloc(17 << 20, 0x61), Buffer.from('"}')])),
    ).toBeUndefined();
  });

  it("takes linear time for large flat data", () => {
    const data = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]));
    expect(decode(encode({ data, permanent: true }))?.data).toEqual(data);
  });
});
