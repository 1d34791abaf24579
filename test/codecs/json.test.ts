import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../src/codec.ts";
import { jsonCodec } from "../../src/codecs/json.ts";
import { SessionError } from "../../src/core/errors.ts";
import { prototypesIn, storable, storableData } from "./lib/values.ts";

const { encode, decode } = jsonCodec;
const text = (data: Record<string, unknown>): string => Buffer.from(encode({ data, permanent: true })).toString();
const roundTrip = (value: unknown): unknown => decode(encode({ data: { value }, permanent: true }))?.data["value"];

const moment = fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true });
const flashes = fc.array(fc.record({ message: storable, category: fc.string() }, { noNullPrototype: true }), {
  minLength: 1,
  maxLength: 3,
});
const use = fc.record({ userAgent: fc.string(), address: fc.string() }, { requiredKeys: [], noNullPrototype: true });
const records: fc.Arbitrary<SessionRecord> = fc.record(
  {
    data: storableData,
    permanent: fc.boolean(),
    subject: fc.string({ minLength: 1 }),
    createdAt: moment,
    authenticatedAt: moment,
    flashes,
    device: fc.record({ first: use, last: use }, { noNullPrototype: true }),
    rev: fc.string(),
  },
  { requiredKeys: ["data", "permanent"], noNullPrototype: true },
);

describe("what it keeps", () => {
  it("decode(encode(x)) is x", () => {
    fc.assert(
      fc.property(records, (record) => isDeepStrictEqual(decode(encode(record)), record)),
      { numRuns: 500 },
    );
  });

  it("encode(decode(bytes)) is bytes: changes are found by comparing them", () => {
    fc.assert(
      fc.property(records, (record) => {
        const bytes = encode(record);
        const again = decode(bytes);
        expect(again && Buffer.from(encode(again)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("writes plain JSON where JSON is exact", () => {
    expect(text({ cart: ["tea", { price: 3.5 }], on: true, none: null, "": "", "7": 1 })).toBe(
      '{"7":1,"cart":["tea",{"price":3.5}],"on":true,"none":null,"":"","_permanent":true}',
    );
  });

  it.each([
    ["-0", -0],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["undefined", undefined],
    ["BigInt", 12345678901234567890n],
    ["an invalid date", new Date(Number.NaN)],
    ["a lone surrogate", "\ud800"],
    ["holes", Object.assign(new Array(3), { 0: 1, 2: 3 })],
    ["a null prototype", Object.assign(Object.create(null), { a: 1 })],
    ["keys named as methods", { constructor: 1, toJSON: "x", hasOwnProperty: null }],
    ["a Map with __proto__ for a key", new Map([["__proto__", 1n]])],
    ["a Map with objects for keys", new Map([[{ a: 1 }, new Set([1])]])],
  ])("keeps %s", (_name, value) => {
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  });

  it("keeps cycles and shared objects", () => {
    const shared = { at: new Date(0) };
    const loop: Record<string, unknown> = { one: shared, two: shared };
    loop["self"] = loop;
    const found = roundTrip(loop) as typeof loop;
    expect(found["self"]).toBe(found);
    expect(found["one"]).toBe(found["two"]);
  });

  it("keeps a cycle through the data themselves", () => {
    const data: Record<string, unknown> = { n: 1 };
    data["self"] = data;
    const bytes = encode({ data, permanent: true });
    const found = decode(bytes);
    expect(found?.data["self"]).toMatchObject({ n: 1 });
    expect(found && Buffer.from(encode(found)).equals(Buffer.from(bytes))).toBe(true);
  });

  it("writes of a view only what is in view", () => {
    const whole = new TextEncoder().encode("secret+public+secret");
    const bytes = encode({ data: { view: whole.subarray(7, 13) }, permanent: true });
    const decoded = Buffer.from(bytes).toString();
    expect(decoded).toContain(Buffer.from("public").toString("base64"));
    for (let shift = 0; shift < 3; shift++) {
      expect(decoded).not.toContain(Buffer.from("secret").subarray(shift).toString("base64").slice(0, 4));
    }
    const view = roundTrip(whole.subarray(7, 13)) as Uint8Array;
    expect(view.buffer.byteLength).toBe(6);
  });

  it("leaves the record alone", () => {
    const record = { data: Object.freeze({ a: [1] }), permanent: true, flashes: Object.freeze([]) as never };
    expect(encode(record)).toEqual(encode(record));
  });
});

describe("what it refuses", () => {
  class Money {
    amount = 1;
  }
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

  it.each([
    ["a function", { cart: [{}, { price: () => 1 }] }, "session.cart[1].price is a function"],
    ["a symbol", { a: Symbol("s") }, "session.a is a symbol"],
    ["a class instance", { user: { wallet: new Money() } }, "session.user.wallet is an instance of Money"],
    ["a promise", { a: Promise.resolve(1) }, "session.a is a promise (was an await forgotten?)"],
    ["an error", { a: new Error("x") }, "session.a is an instance of Error"],
    ["a regular expression", { a: /x/ }, "session.a is an instance of RegExp"],
    ["a boxed number", { a: Object(1) }, "session.a is an instance of Number"],
    ["a WeakMap", { a: new WeakMap() }, "session.a is an instance of WeakMap"],
    ["another typed array", { a: new Float64Array(1) }, "session.a is an instance of Float64Array"],
    ["a value of a Map", { a: new Map([["k", () => 1]]) }, 'session.a.get("k") is a function'],
    ["a key of a Map", { a: new Map([[() => 1, 1]]) }, "session.a.keys() is a function"],
    ["a value of a Set", { a: new Set([[Symbol("s")]]) }, "session.a.values()[0] is a symbol"],
    ["under an odd key", { "a b": { "": () => 1 } }, 'session["a b"][""] is a function'],
    ["own __proto__", { a: JSON.parse('{"__proto__":{"admin":true}}') }, "session.a.__proto__ is a key that"],
    ["own __proto__ at the top", JSON.parse('{"__proto__":{"admin":true}}'), "session.__proto__ is a key that"],
    ["depth", { a: deep(70) }, "nested deeper than 64"],
    ["symbols for keys", { a: { [Symbol("s")]: 1 } }, "session.a is an object with symbols for keys"],
    [
      "symbols for keys beside a Date",
      { a: { [Symbol("s")]: 1, d: new Date(0) } },
      "session.a is an object with symbols",
    ],
    ["symbols for keys at the top", { [Symbol("s")]: 1 }, "session is an object with symbols for keys"],
    ["an array with a name for a key", { a: Object.assign([1], { total: 3 }) }, "session.a"],
    ["an array with a toJSON of its own", { a: Object.assign([1], { toJSON: () => 7 }) }, "session.a"],
    ["a hidden toJSON", { a: Object.defineProperty({}, "toJSON", { value: () => 7 }) }, "session.a"],
    [
      "an instance of a subclass of Array",
      { a: new (class List extends Array {})() },
      "session.a is an instance of List",
    ],
  ])("%s is ERR_ENCODE with its path", (_name, data, message) => {
    const attempt = () => encode({ data: data as Record<string, unknown>, permanent: true });
    expect(attempt).toThrow(SessionError);
    expect(attempt).toThrow(expect.objectContaining({ code: "ERR_ENCODE", status: 500 }));
    expect(attempt).toThrow(message);
  });

  it("names flash messages", () => {
    const record = { data: {}, permanent: true, flashes: [{ category: "info", message: { link: () => 1 } }] };
    expect(() => encode(record)).toThrow("flashes[0].message.link is a function");
  });

  it.each(["_permanent", "_user_id", "_created", "_login", "_flashes", "_device", "_rev"])("%s is reserved", (key) => {
    const attempt = () => encode({ data: { [key]: undefined }, permanent: true });
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(`session.${key}: this name is reserved`);
  });

  it("puts no value into its messages", () => {
    const attempt = () => encode({ data: { a: [Symbol("hunter2")], b: "hunter2" }, permanent: true });
    expect(attempt).not.toThrow("hunter2");
    expect(attempt).toThrow(SessionError);
  });
});

describe("prototypes", () => {
  it("of what it decodes are its own kinds", () => {
    const kinds: object[] = [Object, Array, Date, Map, Set, Uint8Array].map((kind) => kind.prototype);
    fc.assert(
      fc.property(records, (record) => {
        const found = [...prototypesIn(decode(encode(record)))];
        return found.every((prototype) => prototype === null || kinds.includes(prototype as object));
      }),
    );
  });
});
