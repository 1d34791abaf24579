import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { msgpack } from "../../../src/flask/formats/msgpack.ts";
import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  FrozenSet,
  Markup,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../../../src/flask/python/values.ts";
import { cpuTime } from "../../lib/elapsed.ts";
import { assertKnownKinds, refusesTruncated, survivesMutations } from "./lib/garbage.ts";
import { examplePayloads, exampleSession, msgspecVectors } from "./lib/msgspec-vectors.ts";
import { msgpackDicts } from "./lib/py-values.ts";

const UUID = "0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51";
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
/** One value, without the dict around it. */
const written = (value: PyValue): string => hexOf(msgpack.write({ v: value })).slice("81a176".length);
const read = (hex: string): PyValue | undefined => msgpack.read(Buffer.from(hex, "hex"));
const repeat = (hex: string, times: number): string => hex.repeat(times);
const failure = (value: PyValue): unknown => {
  try {
    return msgpack.write({ cart: [{ item: value }] });
  } catch (error) {
    return error;
  }
};

describe("msgspec's vectors", () => {
  it("writes and reads the example", () => {
    const { hex } = examplePayloads.find(({ format }) => format === "msgpack") as { hex: string };
    expect(hexOf(msgpack.write(exampleSession))).toBe(hex);
    expect(read(hex)).toEqual(exampleSession);
  });

  it.each(msgspecVectors)("writes $python", ({ value, msgpack: expected }) => {
    expect(hexOf(msgpack.write({ v: value }))).toBe(expected);
  });
});

// What stands here was written by msgspec 0.22.0, and reads as what is written.
const MOMENT = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;
const EXACT: [name: string, value: PyValue, hex: string][] = [
  ["0", 0, "00"],
  ["127", 127, "7f"],
  ["128", 128, "cc80"],
  ["255", 255, "ccff"],
  ["256", 256, "cd0100"],
  ["65535", 65535, "cdffff"],
  ["65536", 65536, "ce00010000"],
  ["2^32 - 1", 2 ** 32 - 1, "ceffffffff"],
  ["2^32", 2 ** 32, "cf0000000100000000"],
  ["2^53 - 1", 2 ** 53 - 1, "cf001fffffffffffff"],
  ["2^53", 2n ** 53n, "cf0020000000000000"],
  ["2^63", 2n ** 63n, "cf8000000000000000"],
  ["2^64 - 1", 2n ** 64n - 1n, "cfffffffffffffffff"],
  ["-1", -1, "ff"],
  ["-32", -32, "e0"],
  ["-33", -33, "d0df"],
  ["-128", -128, "d080"],
  ["-129", -129, "d1ff7f"],
  ["-32768", -32768, "d18000"],
  ["-32769", -32769, "d2ffff7fff"],
  ["-2^31", -(2 ** 31), "d280000000"],
  ["-2^31 - 1", -(2 ** 31) - 1, "d3ffffffff7fffffff"],
  ["-(2^53 - 1)", -(2 ** 53 - 1), "d3ffe0000000000001"],
  ["-2^63", -(2n ** 63n), "d38000000000000000"],
  ["-0.0", new Float(-0), "cb8000000000000000"],
  ["1e16", new Float(1e16), "cb4341c37937e08000"],
  ["5e-324", 5e-324, "cb0000000000000001"],
  ["text of 31 bytes", "a".repeat(31), `bf${repeat("61", 31)}`],
  ["text of 32 bytes", "a".repeat(32), `d920${repeat("61", 32)}`],
  ["text of 255 bytes", "a".repeat(255), `d9ff${repeat("61", 255)}`],
  ["text of 256 bytes", "a".repeat(256), `da0100${repeat("61", 256)}`],
  ["text of 65536 bytes", "a".repeat(65536), `db00010000${repeat("61", 65536)}`],
  ["text of 31 characters in more bytes", "é".repeat(31), `d93e${repeat("c3a9", 31)}`],
  ["an emoji", "😀", "a4f09f9880"],
  ["a byte order mark", "\ufeff", "a3efbbbf"],
  ["bytes", Uint8Array.of(0, 255), "c40200ff"],
  ["256 bytes", new Uint8Array(256), `c50100${repeat("00", 256)}`],
  ["65536 bytes", new Uint8Array(65536), `c600010000${repeat("00", 65536)}`],
  ["a list of 15", new Array(15).fill(1), `9f${repeat("01", 15)}`],
  ["a list of 16", new Array(16).fill(1), `dc0010${repeat("01", 16)}`],
  ["a list of 65536", new Array(65536).fill(1), `dd00010000${repeat("01", 65536)}`],
  ["an empty dict", {}, "80"],
  ["the epoch", new DateTime(0, 0, 0), "d6ff00000000"],
  ["microseconds", new DateTime(MOMENT, 789_001_000, 0), "d7ffbc1ccca065e079f0"],
  ["2106", new DateTime(2 ** 32, 0, 0), "d7ff0000000100000000"],
  ["2514", new DateTime(2 ** 34, 0, 0), "c70cff000000000000000400000000"],
  ["just before the epoch", new DateTime(-1, 1000, 0), "c70cff000003e8ffffffffffffffff"],
  ["the first moment", new DateTime(-62_135_596_800, 0, 0), "c70cff00000000fffffff1886e0900"],
  ["the last moment", new DateTime(253_402_300_799, 999_999_000, 0), "c70cff3b9ac6180000003afff4417f"],
  ...[1, 2, 4, 8, 16].map((size, index): [string, PyValue, string] => [
    `an extension of ${size}`,
    new Extension(5, new Uint8Array(size)),
    `d${4 + index}05${repeat("00", size)}`,
  ]),
  ["an empty extension", new Extension(-128, new Uint8Array(0)), "c70080"],
  ["an extension of 3", new Extension(5, Uint8Array.of(97, 98, 99)), "c70305616263"],
  ["an extension of 256", new Extension(5, new Uint8Array(256)), `c8010005${repeat("00", 256)}`],
  ["an extension of 65536", new Extension(5, new Uint8Array(65536)), `c90001000005${repeat("00", 65536)}`],
  ["an int for a key", new Map([[1, 1]]), "810101"],
  ["None for a key", new Map([[null, 1]]), "81c001"],
  ["True for a key", new Map([[true, 1]]), "81c301"],
  ["a float for a key", new Map([[1.5, 1]]), "81cb3ff800000000000001"],
  ["a whole float for a key", new Map([[new Float(1), 1]]), "81cb3ff000000000000001"],
  ["bytes for a key", new Map([[Uint8Array.of(97, 98), 1]]), "81c402616201"],
  ["a tuple for a key", new Map<PyValue, PyValue>([[Tuple.of<PyValue>(1, Tuple.of("a")), 1]]), "81920191a16101"],
  ["a datetime for a key", new Map([[new DateTime(MOMENT, 0, 0), 1]]), "81d6ff65e079f001"],
  [
    "text before other keys",
    new Map<PyValue, PyValue>([
      ["1", 1],
      [1, 2],
    ]),
    "82a131010102",
  ],
];

const ONE_WAY: [name: string, value: PyValue, hex: string][] = [
  ["a minus zero that is an int", -0, "00"],
  ["a small bigint", 5n, "05"],
  ["a tuple", Tuple.of(1, 2), "920102"],
  ["a set", new Set([1]), "9101"],
  ["a frozenset", new FrozenSet([2]), "9102"],
  ["a bytearray", new ByteArray(Uint8Array.of(255)), "c401ff"],
  ["a UUID", new Uuid(UUID), `d924${Buffer.from(UUID).toString("hex")}`],
  ["a decimal", new Text("decimal", "1.50"), "a4312e3530"],
  ["a date", new Text("date", "2024-02-29"), `aa${Buffer.from("2024-02-29").toString("hex")}`],
  ["a naive datetime", new DateTime(MOMENT, 0, undefined), `b3${Buffer.from("2024-02-29T12:34:56").toString("hex")}`],
  ["a datetime elsewhere", new DateTime(MOMENT, 0, 7200), "d6ff65e079f0"],
  ["a UUID for a key", new Map([[new Uuid(UUID), 1]]), `81d924${Buffer.from(UUID).toString("hex")}01`],
  ["a frozenset for a key", new Map([[new FrozenSet([1]), 1]]), "81910101"],
];

describe("writing", () => {
  it.each([...EXACT, ...ONE_WAY])("%s", (_name, value, hex) => {
    expect(written(value)).toBe(hex);
  });

  it("keeps the order of keys, and dicts of 15, 16 and 65,536", () => {
    expect(written({ b: 1, a: 2 })).toBe("82a16201a16102");
    const dict = (size: number) => Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, index]));
    expect(written(dict(15)).slice(0, 2)).toBe("8f");
    expect(written(dict(16)).slice(0, 6)).toBe("de0010");
    expect(written(dict(65536)).slice(0, 10)).toBe("df00010000");
    expect(msgpack.read(msgpack.write(dict(65536)))).toEqual(dict(65536));
  });

  it.each<[string, PyValue, string]>([
    ["Markup", new Markup("<b>"), "Flask-Session can't store Markup in msgpack; store its .html"],
    ["2^64", 2n ** 64n, "msgpack holds ints from -2^63 to 2^64 - 1; store it as text"],
    ["-2^63 - 1", -(2n ** 63n) - 1n, "msgpack holds ints from -2^63 to 2^64 - 1; store it as text"],
    ["a whole number beyond", 1e300, "msgpack holds ints from -2^63 to 2^64 - 1; store it as text"],
    ["half a character", "\ud800", "text with half a character (a lone surrogate) has no UTF-8"],
    [
      "half a character in long text",
      `${"a".repeat(50)}\udc00`,
      "text with half a character (a lone surrogate) has no UTF-8",
    ],
    [
      "a naive datetime of year 10000",
      new DateTime(253_402_300_800, 0, undefined),
      "a datetime beyond Python's years 1 to 9999",
    ],
    [
      "a datetime of year 10000",
      new DateTime(253_402_300_799, 999_999_500, 0),
      "a datetime beyond Python's years 1 to 9999",
    ],
    ["a datetime that is none", new DateTime(Number.NaN, 0, 0), "a datetime beyond Python's years 1 to 9999"],
    ["another class", new (class {})() as PyValue, "this object has no Python form"],
  ])("refuses %s, naming the place", (_name, value, what) => {
    expect(failure(value)).toMatchObject({ code: "ERR_ENCODE", message: `session.cart[0].item: ${what}` });
  });

  it.each<[string, PyValue]>([
    ["a list", [1]],
    ["a dict", {}],
    ["a set", new Set([1])],
    ["a Map", new Map()],
    ["a bytearray", new ByteArray(new Uint8Array(1))],
    ["an extension", new Extension(5, new Uint8Array(1))],
    ["a tuple with a list", Tuple.of([1])],
  ])("refuses %s for a key", (_name, key) => {
    expect(failure(new Map([[key, 1]]))).toMatchObject({ code: "ERR_ENCODE", message: /: Python takes no such key$/ });
  });

  it("names the key of a place in a Map", () => {
    const map = new Map<PyValue, PyValue>([[7, { "a b": "\ud800" }]]);
    expect(failure(map)).toMatchObject({ message: /^session\.cart\[0\]\.item\[7\]\["a b"\]: text with half/ });
  });

  it("writes 1,000 levels, and refuses more", () => {
    const nested = (levels: number): PyValue => {
      let value: PyValue = 1;
      for (let level = 0; level < levels; level++) value = [value];
      return value;
    };
    const bytes = msgpack.write({ v: nested(999) });
    expect(isDeepStrictEqual(msgpack.read(bytes), { v: nested(999) })).toBe(true);
    expect(() => msgpack.write({ v: nested(1000) })).toThrow("nested deeper than 1000 levels");
  });
});

describe("reading", () => {
  it.each(EXACT)("%s", (_name, value, hex) => {
    expect(isDeepStrictEqual(read(hex), value)).toBe(true);
  });

  it.each<[string, string, PyValue]>([
    ["an int in a longer form", "cf0000000000000001", 1],
    ["a negative int in a longer form", "d3ffffffffffffffff", -1],
    ["a float of 32 bits", "ca3fc00000", 1.5],
    ["a whole float of 32 bits", "ca3f800000", new Float(1)],
    ["a float that is not a number", "ca7fc00000", Number.NaN],
    ["text in longer forms", "93d90161da000161db0000000161", ["a", "a", "a"]],
    ["bytes in longer forms", "92c5000161c60000000161", [Uint8Array.of(97), Uint8Array.of(97)]],
    ["a list in longer forms", "92dc0000dd00000000", [[], []]],
    ["a dict in longer forms", "92de0000df00000000", [{}, {}]],
    [
      "a timestamp in longer forms",
      "92c704ff65e079f0c708ff0000000065e079f0",
      [new DateTime(MOMENT, 0, 0), new DateTime(MOMENT, 0, 0)],
    ],
    ["an extension in a longer form", "c8000105ff", new Extension(5, Uint8Array.of(255))],
    ["a list for a key", "81920191a16101", new Map<PyValue, PyValue>([[Tuple.of<PyValue>(1, Tuple.of("a")), 1]])],
    ["the last of two keys", "82a16101a16102", { a: 2 }],
    ["the last of 1 and 1.0", "820101cb3ff000000000000002", new Map([[1, 2]])],
    ["the last of True and 1", "82c3010102", new Map([[true, 2]])],
    ["the last of two tuples", "82920102019201cb400000000000000002", new Map([[Tuple.of(1, 2), 2]])],
    ["the last of two datetimes", "82d6ff65e079f001d6ff65e079f002", new Map([[new DateTime(MOMENT, 0, 0), 2]])],
    ["the last of two bytes", "82c4016101c4016102", new Map([[Uint8Array.of(97), 2]])],
    ["the last of 2^60 and its float", "82cf100000000000000001cb43b000000000000002", new Map([[2n ** 60n, 2]])],
  ])("%s", (_name, hex, value) => {
    expect(isDeepStrictEqual(read(hex), value)).toBe(true);
  });

  it("tells keys apart that only look alike", () => {
    const keys = read("86a13101c40131010101c00191a1310191c4013101") as Map<PyValue, PyValue>;
    expect(keys.size).toBe(6);
  });

  it("keeps __proto__ as a key", () => {
    const dict = read("81a95f5f70726f746f5f5f81a561646d696ec3") as Record<string, unknown>;
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
    expect(Object.keys(dict)).toEqual(["__proto__"]);
    expect(dict["admin"]).toBeUndefined();
  });

  it("copies bytes out of what was read", () => {
    const input = Uint8Array.of(0xc4, 1, 7);
    const found = msgpack.read(input) as Uint8Array;
    input[2] = 8;
    expect(found).toEqual(Uint8Array.of(7));
    expect(found.buffer.byteLength).toBe(1);
  });

  it("reads a view into a larger buffer", () => {
    const bytes = msgpack.write({ name: "Zoë", at: "long ".repeat(30) });
    const whole = new Uint8Array(bytes.length + 7).fill(0xc1);
    whole.set(bytes, 3);
    expect(msgpack.read(whole.subarray(3, 3 + bytes.length))).toEqual({ name: "Zoë", at: "long ".repeat(30) });
  });

  it("reads text of more than one page", () => {
    const dict = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key ${index}`, `value ${index}`]));
    expect(msgpack.read(msgpack.write(dict))).toEqual(dict);
  });

  it.each([
    ["nothing", ""],
    ["an unknown code", "c1"],
    ["an unknown code within", "81a161c1"],
    ["bytes behind", "0001"],
    ["JSON", Buffer.from('{"a":1}').toString("hex")],
    ["pickle", "80049503000000000000007d942e"],
    ["invalid UTF-8", "a1ff"],
    ["a surrogate in UTF-8", "a3eda080"],
    ["long invalid UTF-8", `d978${repeat("61", 119)}ff`],
    ["an invalid key", "81a1ff01"],
    ["a dict for a key", "8180c0"],
    ["a dict within a key", "8191810102c0"],
    ["an extension for a key", "81d40501c0"],
    ["an extension within a key", "8191d40501c0"],
    ["a timestamp of another size", "d4ff01"],
    ["a timestamp of three bytes", "c703ff000000"],
    ["nanoseconds of a second and more", "d7ffee6b280000000000"],
    ["nanoseconds of a second and more, long", "c70cff3b9aca00ffffffffffffffff"],
    ["year 10000", "c70cff000000000000003afff44180"],
    ["year 10000 after rounding", "c70cff3b9ac9ff0000003afff4417f"],
    ["year 0", "c70cff00000000fffffff1886e08ff"],
    ["text longer than the input", "dbffffffff61"],
    ["bytes longer than the input", "c6ffffffff"],
    ["a list longer than the input", "ddffffffff01"],
    ["a dict longer than the input", "dfffffffff0101"],
    ["an extension longer than the input", "c9ffffffff05"],
  ])("refuses %s", (_name, hex) => {
    expect(read(hex)).toBeUndefined();
  });
});

describe("garbage", () => {
  const everything = Object.fromEntries([...EXACT.filter(([, , hex]) => hex.length < 100), ...ONE_WAY]);
  const bytes = msgpack.write(everything);

  it("refuses what is cut off anywhere", () => {
    refusesTruncated(msgpack, bytes);
  });

  it("survives 20,000 mutations", () => {
    expect(survivesMutations(msgpack, bytes, 20_000)).toBeGreaterThan(100);
  });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        const value = msgpack.read(any);
        if (value !== undefined) assertKnownKinds(value);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["lists", "91"],
    ["dicts", "81a161"],
    ["keys that are dicts", "81"],
    ["keys that are lists", "8191"],
    ["lists that claim to be long", "dd000fffff"],
  ])("refuses a million levels of %s in no time", async (_name, level) => {
    const took = await cpuTime(() => {
      expect(read(repeat(level, 1_000_000))).toBeUndefined();
      expect(read(`${repeat(level, 1001)}01`)).toBeUndefined();
    });
    expect(took).toBeLessThan(2000);
  });

  it("takes time in proportion to a key of many levels", async () => {
    const key = `${repeat("92a122", 990)}01`;
    const took = await cpuTime(() => {
      for (let times = 0; times < 100; times++) expect(read(`82${key}01a16102`)).toBeDefined();
    });
    expect(took).toBeLessThan(2000);
  });
});

describe("round trip", () => {
  it("reads what it wrote", () => {
    fc.assert(
      fc.property(msgpackDicts, (dict) => isDeepStrictEqual(msgpack.read(msgpack.write(dict)), dict)),
      { numRuns: 1000 },
    );
  });
});
