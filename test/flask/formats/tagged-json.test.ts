import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionError } from "../../../src/core/errors.ts";
import { taggedJson } from "../../../src/flask/formats/tagged-json.ts";
import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  FrozenSet,
  Markup,
  type PyDict,
  type PyValue,
  setKey,
  Text,
  Tuple,
  Uuid,
} from "../../../src/flask/python/values.ts";
import { cookieVectors } from "../cookie-vectors.ts";
import responses from "../vectors/flask-response.json" with { type: "json" };

const UUID = "12345678123456781234567812345678";
const LEAP_DAY = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;

function write(value: PyValue): string {
  const text = Buffer.from(taggedJson.write({ v: value })).toString();
  return text.slice('{"v":'.length, -1);
}

function read(text: string): PyValue | undefined {
  return (taggedJson.read(Buffer.from(`{"v":${text}}`)) as PyDict | undefined)?.["v"];
}

function tuple(...items: PyValue[]): PyValue {
  return Tuple.from(items);
}

function dictOf(entries: [string, PyValue][]): PyDict {
  const dict: PyDict = {};
  for (const [key, value] of entries) setKey(dict, key, value);
  return dict;
}

describe("tagged JSON", () => {
  // What Flask 3.1.3 writes and reads.
  it.each<[string, PyValue, string]>([
    ["None", null, "null"],
    ["bools", [true, false], "[true,false]"],
    [
      "ints",
      [0, -1, 2 ** 53 - 1, 2n ** 70n, -(2n ** 53n)],
      "[0,-1,9007199254740991,1180591620717411303424,-9007199254740992]",
    ],
    ["fractions", [0.5, 0.0001, 1e-5, 5e-324, 1.5e-300], "[0.5,0.0001,1e-05,5e-324,1.5e-300]"],
    [
      "whole floats",
      [1, -0, 1e15, 1e16, 1e22].map((value) => new Float(value)),
      "[1.0,-0.0,1000000000000000.0,1e+16,1e+22]",
    ],
    ["no numbers", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], "[NaN,Infinity,-Infinity]"],
    ["text", 'é"\\/\n\u007f\u0000\u2028\ud800😀', String.raw`"\u00e9\"\\/\n\u007f\u0000\u2028\ud800\ud83d\ude00"`],
    ["a tuple", tuple(1, "a", tuple(2)), '{" t":[1,"a",{" t":[2]}]}'],
    ["a tuple of one number", tuple(3), '{" t":[3]}'],
    ["bytes", new Uint8Array([0, 255, 104, 105]), '{" b":"AP9oaQ=="}'],
    ["Markup", new Markup("<b>x</b>"), '{" m":"<b>x</b>"}'],
    ["a UUID", new Uuid(UUID), `{" u":"${UUID}"}`],
    ["a datetime", new DateTime(LEAP_DAY, 0, 0), '{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}'],
    ["a datetime before 1970", new DateTime(-1, 0, 0), '{" d":"Wed, 31 Dec 1969 23:59:59 GMT"}'],
    ["an old datetime", new DateTime(-59_000_000_000, 0, 0), '{" d":"Thu, 13 May 0100 15:06:40 GMT"}'],
    ["a dict like a tag", { " t": 1 }, '{" di":{" t__":1}}'],
    ["a dict like that within itself", { " di": { " di": 1 } }, '{" di":{" di__":{" di":{" di__":1}}}}'],
    ["two keys like tags", { " b": 1, " t": 2 }, '{" b":1," t":2}'],
    ["a key like an escaped tag", { " t__": new Uint8Array([97]) }, '{" t__":{" b":"YQ=="}}'],
    ["a key like no tag", { " x": 1 }, '{" x":1}'],
    ["a sorted dict", { a: 1, b: 2, "\uff00": 3, "😀": 4 }, String.raw`{"a":1,"b":2,"\uff00":3,"\ud83d\ude00":4}`],
    ["a key of prototypes", dictOf([["__proto__", dictOf([["__proto__", 1]])]]), '{"__proto__":{"__proto__":1}}'],
    ["keys with backslashes", { "\\": { "\\n": 1, "\n": 2 }, é: 1 }, String.raw`{"\\":{"\n":2,"\\n":1},"\u00e9":1}`],
  ])("keeps %s", (_, value, text) => {
    expect(write(value)).toBe(text);
    expect(read(text)).toStrictEqual(value);
  });

  it.each<[string, PyValue, string]>([
    [
      "a naive datetime as UTC",
      new DateTime(LEAP_DAY, 999_999_999, undefined),
      '{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}',
    ],
    ["a date as midnight", new Text("date", "2024-02-29"), '"Thu, 29 Feb 2024 00:00:00 GMT"'],
    ["the first date", new Text("date", "0001-01-01"), '"Mon, 01 Jan 0001 00:00:00 GMT"'],
    ["a Decimal as text", new Text("decimal", "1.50"), '"1.50"'],
    [
      "keys that are numbers",
      new Map<PyValue, PyValue>([
        [2, 2],
        [true, 1],
        [0.5, 3],
      ]),
      '{"0.5":3,"true":1,"2":2}',
    ],
    [
      "keys that are floats",
      new Map<PyValue, PyValue>([
        [new Float(1e16), 1],
        [2n ** 70n, 2],
      ]),
      '{"1e+16":1,"1180591620717411303424":2}',
    ],
    ["the key None", new Map([[null, 1]]), '{"null":1}'],
    ["a key that is Markup", new Map([[new Markup("k"), 1]]), '{"k":1}'],
    ["such a key like a tag", new Map([[new Markup(" t"), 1]]), '{" di":{" t__":1}}'],
    [
      "a Map of text, sorted",
      new Map([
        ["b", 1],
        ["a", 2],
      ]),
      '{"a":2,"b":1}',
    ],
  ])("writes %s", (_, value, text) => {
    expect(write(value)).toBe(text);
  });

  it.each<[string, PyValue, string]>([
    ["a set", { a: [new Set()] }, "session.v.a[0]: Flask can't keep a set"],
    ["a frozenset", new FrozenSet(), "session.v: Flask can't keep a set"],
    ["a bytearray", new ByteArray(new Uint8Array()), "session.v: Flask can't keep a bytearray"],
    ["an extension", new Extension(1, new Uint8Array()), "session.v: Flask can't keep a MessagePack extension"],
    ["a time", new Text("time", "01:00:00"), "session.v: Flask can't keep a time"],
    ["a timedelta", new Text("timedelta", "P1D"), "session.v: Flask can't keep a timedelta"],
    ["a moment after Python's", new DateTime(253_402_300_800, 0, 0), "session.v: not a moment"],
    ["an endless int", 10n ** 4300n, "session.v: an int of more digits"],
    [
      "keys of two types",
      new Map<PyValue, PyValue>([
        [1, 1],
        ["a", 2],
      ]),
      "session.v: Python can't sort keys",
    ],
    [
      "None beside other keys",
      new Map<PyValue, PyValue>([
        [null, 1],
        [1, 2],
      ]),
      "session.v: Python can't sort keys",
    ],
    ["a key that is a tuple", new Map<PyValue, PyValue>([[tuple(1), 1]]), "session.v: a key of a type"],
  ])("refuses %s, naming the place", (_, value, start) => {
    const attempt = () => taggedJson.write({ v: value });
    expect(attempt).toThrow(SessionError);
    expect(attempt).toThrow(expect.objectContaining({ code: "ERR_ENCODE", message: expect.stringContaining(start) }));
  });

  it("refuses what is nested too deep, or in itself", () => {
    const cycle: PyValue[] = [];
    cycle.push(cycle);
    expect(() => taggedJson.write({ cycle })).toThrow("nested deeper than 1000 levels");
  });
});

describe("reading tagged JSON", () => {
  // As Python's json.loads.
  it.each<[string, PyValue]>([
    ["-0", 0],
    ["-0.0", new Float(-0)],
    ["1E5", new Float(100_000)],
    ["1e400", Number.POSITIVE_INFINITY],
    [`${"1".repeat(4301)}.0`, Number.POSITIVE_INFINITY],
    ["9007199254740993", 9007199254740993n],
    [`-${"1".repeat(4300)}`, -BigInt("1".repeat(4300))],
    [' [ 1 ,\t{ "a" :\r\n2.5 } ] ', [1, { a: 2.5 }]],
    [' [ NaN , { "\\u0061" : { } } , [ ] ] ', [Number.NaN, { a: {} }, []]],
    ['{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['{"\\u0061":1,"a":2}', { a: 2 }],
    [String.raw`"\ud800"`, "\ud800"],
    [String.raw`["\ud83d\ude00",1.0]`, ["😀", new Float(1)]],
    ['"\u007f\u2028é"', "\u007f\u2028é"],
    ['{" x":1}', { " x": 1 }],
    ['{" d":"yesterday"}', null],
    ['{" d":"Sat, 31 Feb 2024 12:34:56 GMT"}', null],
    ['{" d":"Thu, 29 Feb 2024 24:00:00 GMT"}', null],
    ['{" d":"Mon, 01 Jan 0001 00:00:00 GMT"}', new DateTime(Date.UTC(2001, 0) / 1000, 0, 0)],
    ['{" d":"Mon, 01 Jan 0070 00:00:00 GMT"}', new DateTime(0, 0, 0)],
    ['{" u":"12345678-1234-5678-1234-567812345678"}', new Uuid(UUID)],
  ])("takes %j", (text, value) => {
    expect(read(text)).toStrictEqual(value);
  });

  it.each([
    ...["", "{", "[1,]", "[1 2]", '{"a":1,}', '{"a" 1}', "{1:2}", "01", "1.", ".5", "+1", "-", "-NaN", "tru", "nul"],
    ...['"', '"\\', '"\\x41"', '"\\u00zz"', '"\\u+123"', '"\n"', '"\u0000"', "[1.0", '{"a":1.0', "1.0x", "\u00a01.0"],
    ...["'a'", "undefined", "0x1", "1_0", "[NaN", "1".repeat(4301)],
  ])("refuses %j", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ...['{" t":5}', '{" t":"ab"}', '{" t":null}', '{" b":5}', '{" b":"AP8"}', '{" b":"-_8="}', '{" m":5}'],
    ...['{" u":"xx"}', '{" u":5}', '{" d":5}', '{" di":5}', '{" di":{}}', '{" di":{"x":1}}', '{" di":{" t":[1]}}'],
    '[{"a":[{" t":5}]}]',
  ])("refuses a tag with a body that Flask doesn't write: %s", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each<[string, PyValue | undefined]>([
    ["null", {}],
    ["[]", {}],
    ['[["a",1],["a",2]]', { a: 2 }],
    ['[["__proto__",1]]', dictOf([["__proto__", 1]])],
    ['{" t":[["a",1]]}', { a: 1 }],
    ['[["a"]]', undefined],
    ["[[1,2]]", undefined],
    ["\ufeff{}", undefined],
    ["{} {}", undefined],
  ])("makes of the whole text %j a session as Flask does", (text, value) => {
    expect(taggedJson.read(Buffer.from(text))).toStrictEqual(value);
  });

  it("refuses bytes that aren't UTF-8", () => {
    expect(taggedJson.read(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
    expect(taggedJson.read(Buffer.from('{"a":"\xed\xa0\x80"}', "latin1"))).toBeUndefined();
  });

  it.each([
    ["[", "]"],
    ['{"a":', "}"],
    ['{" t":[', "]}"],
    ['{"\\u0061":', "}"],
    ["[NaN,", "]"],
  ])("is bounded in depth: %s", (open, close) => {
    const nest = (levels: number) => read(`${open.repeat(levels)}1${close.repeat(levels)}`);
    expect(nest(400)).toBeDefined();
    expect(nest(1001)).toBeUndefined();
    expect(nest(100_000)).toBeUndefined();
  });

  it("changes no prototype", () => {
    const dict = read('{"__proto__":{"polluted":1},"a":{"__proto__":{"x":1.5}}}') as PyDict;
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
    expect(Object.keys(dict)).toEqual(["__proto__", "a"]);
    expect({}).not.toHaveProperty("polluted");
  });

  it("never throws, whatever the bytes", () => {
    const [, , { json = "" } = {}] = cookieVectors;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string({ unit: "binary", maxLength: 3 }), (from, to, text) => {
        const [start, end] = [from % json.length, to % json.length];
        const mutated = json.slice(0, start) + text + json.slice(end);
        expect(() => taggedJson.read(Buffer.from(mutated))).not.toThrow();
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(() => taggedJson.read(bytes)).not.toThrow();
      }),
    );
  });
});

describe("any dict", () => {
  const key = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.constantFrom(" t", " di", " b", " t__", "__proto__", "constructor", "\\", "\ud800"),
  );
  const { value } = fc.letrec<{ value: PyValue; dict: PyDict }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, true, false),
      fc.maxSafeInteger(),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 200n }),
      fc.double().map((number) => (Number.isInteger(number) ? new Float(number) : number)),
      fc.string({ unit: "binary" }),
      fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
      fc.string().map((html) => new Markup(html)),
      fc.uuid().map((text) => new Uuid(text)),
      // From the year 100: Python takes earlier ones for two digits.
      fc.integer({ min: -59_011_459_200, max: 253_402_300_799 }).map((seconds) => new DateTime(seconds, 0, 0)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(tie("value"), { maxLength: 4 }).map((items) => Tuple.from(items) as PyValue),
      tie("dict"),
    ),
    dict: fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map(dictOf),
  }));

  it("is read as it was written, in ASCII, and written the same again", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)).map(dictOf), (dict) => {
        const bytes = taggedJson.write(dict);
        const found = taggedJson.read(bytes) as PyDict;
        // Unlike toStrictEqual it bears a key "constructor".
        deepStrictEqual(found, dict);
        expect(Buffer.from(taggedJson.write(found)).equals(bytes)).toBe(true);
        expect(bytes.every((byte) => byte >= 0x20 && byte < 0x7f)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("what Flask wrote", () => {
  const texts = responses.vectors.flatMap(({ name, json }) => (json === null ? [] : [{ name, json }]));

  it.each(texts)("within a request is written the same: $name", ({ json }) => {
    const dict = taggedJson.read(Buffer.from(json)) as PyDict;
    expect(Buffer.from(taggedJson.write(dict)).toString()).toBe(json);
  });

  it.each(cookieVectors)("outside of one is the same but for the order: $name", ({ json }) => {
    const dict = taggedJson.read(Buffer.from(json)) as PyDict;
    const rewritten = Buffer.from(taggedJson.write(dict));
    expect(taggedJson.read(rewritten)).toStrictEqual(dict);
    expect([...rewritten.toString()].sort()).toEqual([...json].sort());
  });
});
