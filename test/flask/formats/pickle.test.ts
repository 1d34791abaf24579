import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { SessionError } from "../../../src/core/errors.ts";
import { DEEPEST } from "../../../src/flask/formats/format.ts";
import { pickle0, pickle4, pickle5 } from "../../../src/flask/formats/pickle.ts";
import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  FrozenSet,
  Markup,
  type PyDict,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../../../src/flask/python/values.ts";
import vectors from "../vectors/pickle.json" with { type: "json" };
import { FRAMES, numbered, upTo } from "./lib/pickle.ts";

const FORMATS = { 0: pickle0, 4: pickle4, 5: pickle5 };
const protocols = [0, 4, 5] as const;
const NOON = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;

const OBJECTS: Record<string, PyDict> = {
  base: { _permanent: true, user_id: 42, name: "alice" },
  mixed: {
    n: null,
    t: true,
    f: false,
    i: 0,
    i255: 255,
    i256: 256,
    i65536: 65536,
    neg: -1,
    big: 2147483648,
    big2: 18446744073709551616n,
    fl: 1.5,
    s: "é",
    lst: [1, [2]],
    tup: Tuple.from([1]),
    tup2: Tuple.of(1, 2),
    tup3: Tuple.of(1, 2, 3),
    tup4: Tuple.of(1, 2, 3, 4),
    e: new Tuple<PyValue>(),
    el: [],
    ed: {},
    b: Uint8Array.of(0, 255),
    nest: { a: { b: [1] } },
  },
  dt: { d: new DateTime(NOON, 789_000_000, undefined) },
  dtutc: { d: new DateTime(NOON, 0, 0) },
  date: { d: new Text("date", "2024-02-29") },
  td: { d: new Text("timedelta", "P1DT2.000003S") },
  uuid: { u: new Uuid("12345678-1234-5678-1234-567812345678") },
  set: { s: new Set([1]) },
  dec: { d: new Text("decimal", "1.50") },
  markup: { m: new Markup("<b>") },
  flashes: { _flashes: [Tuple.of("message", "hi"), Tuple.of("message", "yo")] },
  longstr: { s: "x".repeat(300) },
};

const hex = (pickled: Uint8Array): string => Buffer.from(pickled).toString("hex");
const read = (pickled: Uint8Array): PyValue | undefined => pickle5.read(pickled);
const roundTrip = (protocol: 0 | 4 | 5, value: PyValue): PyValue | undefined => {
  const dict = FORMATS[protocol].read(FORMATS[protocol].write({ value })) as PyDict | undefined;
  return dict?.["value"];
};

describe("what Python pickles", () => {
  it.each(vectors.vectors)("$object is read, at protocol $protocol", (vector) => {
    expect(read(Buffer.from(vector.hex, "hex"))).toStrictEqual(OBJECTS[vector.object]);
  });

  it.each(vectors.vectors.filter(({ protocol }) => protocol in FORMATS))(
    "$object is written, byte for byte, at protocol $protocol",
    (vector) => {
      const format = FORMATS[vector.protocol as 0 | 4 | 5];
      expect(hex(format.write(OBJECTS[vector.object] as PyDict))).toBe(vector.hex);
    },
  );
});

const VALUES: [what: string, value: PyValue][] = [
  ["whole floats", [new Float(1), new Float(-0), new Float(1e300), new Float(1e16)]],
  ["floats", [1e-7, 0.0001, 1.5, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ["ints", [0, -1, 127, -128, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53 - 1]],
  ["large ints", [2n ** 53n, -(2n ** 63n), 2n ** 64n, -(2n ** 2047n), 2n ** 3000n]],
  ["text", ["", "ÿ", "€", "😀", "\\u0041", "\n\r\0\x1a", "\ud800", "a\udfffb", "x".repeat(300)]],
  ["bytes", [new Uint8Array(), Uint8Array.of(0), new Uint8Array(300).fill(255)]],
  ["bytearrays", [new ByteArray(new Uint8Array()), new ByteArray(Uint8Array.of(1, 2))]],
  ["sets", [new Set(["a", 1]), new FrozenSet([Tuple.of<PyValue>(1, "b")]), new Set(), new FrozenSet()]],
  [
    "keys of all kinds",
    new Map<PyValue, PyValue>([
      [1, "a"],
      [null, "b"],
      [Tuple.of<PyValue>(1, "x"), "c"],
      ["s", "d"],
    ]),
  ],
  ["datetimes", [new DateTime(-1, 999_999_000, undefined), new DateTime(NOON, 0, 7200), new DateTime(NOON, 0, -18031)]],
  ["the first and last moment", [new DateTime(-62135596800, 0, undefined), new DateTime(253402300799, 0, undefined)]],
  ["dates", [new Text("date", "0001-01-01"), new Text("date", "9999-12-31")]],
  ["times", ["01:02:03", "23:59:59.000004", "00:00:00Z", "01:02:03.500000+05:30", "01:02:03-00:00:31"].map(time)],
  [
    "timedeltas",
    ["P0D", "-P1D", "-PT0.5S", "P1DT2.5S", "-P1DT1S", "P999999999DT86399.999999S", "PT86399S"].map(timedelta),
  ],
  [
    "decimals",
    ["1.50", "-0", "1E+5", "0E-7", "NaN", "sNaN123", "-Infinity"].map((value) => new Text("decimal", value)),
  ],
  ["UUIDs", [new Uuid("0".repeat(32)), new Uuid("f".repeat(32))]],
  ["Markup", [new Markup(""), new Markup("<b>é</b>")]],
  ["a key that is a trap", JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as PyDict],
];

function time(value: string): Text {
  return new Text("time", value);
}

function timedelta(value: string): Text {
  return new Text("timedelta", value);
}

describe.each(protocols)("protocol %i", (protocol) => {
  const format = FORMATS[protocol];

  it.each(VALUES)("keeps %s", (_, value) => {
    expect(roundTrip(protocol, value)).toStrictEqual(value);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it.each([0, 1, 2, 999, 1000, 1001, 2000, 2001])("keeps lists, dicts and sets of %i", (count) => {
    const value = { ...numbered(count), set: new Set(upTo(count)) };
    expect(roundTrip(protocol, value)).toStrictEqual(value);
  });

  it("keeps what is larger than a frame", () => {
    expect(roundTrip(protocol, FRAMES)).toStrictEqual(FRAMES);
  });

  it("keeps one object that stands twice as one", () => {
    const shared = { a: [1] };
    const [first, second] = roundTrip(protocol, [shared, shared]) as PyValue[];
    expect(first).toStrictEqual(shared);
    expect(second).toBe(first);
  });

  it("keeps what is nested as deep as a session may be, and refuses one level more", () => {
    const nested = (levels: number): PyDict => {
      let value: PyDict = {};
      for (let level = 1; level < levels; level++) value = { a: value };
      return value;
    };
    expect(hex(format.write(format.read(format.write(nested(DEEPEST))) as PyDict))).toBe(
      hex(format.write(nested(DEEPEST))),
    );
    expect(() => format.write(nested(DEEPEST + 1))).toThrow(/^session\.a: is nested deeper than 1000 levels/);
  });

  const loop: PyValue[] = [];
  loop.push(loop);
  it.each<[string, PyValue]>([
    ["an extension of msgpack's", new Extension(5, Uint8Array.of(1))],
    ["a year before Python's", new DateTime(-62135596801, 0, undefined)],
    ["a year after Python's, by its offset", new DateTime(253402300799, 0, 3600)],
    ["an offset of a day", new DateTime(0, 0, 86400)],
    ["seconds that aren't whole", new DateTime(0.5, 0, 0)],
    ["no date", new Text("date", "2023-02-29")],
    ["no time", new Text("time", "24:00:00")],
    ["no timedelta", new Text("timedelta", "PT1H")],
    ["no decimal", new Text("decimal", "1_0")],
    ["an int that Python wouldn't print", 10n ** 5000n],
    ["a value that no Python has", undefined as unknown as PyValue],
    ["an object of another class", new Date(0) as unknown as PyValue],
  ])("refuses %s, naming the place", (_, value) => {
    const write = () => format.write({ cart: [0, { "a b": value }] });
    expect(write).toThrow(SessionError);
    expect(write).toThrow(/^session\.cart\[1\]\["a b"\]: /);
  });

  it("refuses what contains itself", () => {
    expect(() => format.write({ loop })).toThrow(expect.objectContaining({ code: "ERR_ENCODE" }));
  });
});
