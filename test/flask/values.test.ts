import { describe, expect, it } from "vitest";
import { fromJs } from "../../src/flask/python/from-js.ts";
import { toJs } from "../../src/flask/python/to-js.ts";
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
} from "../../src/flask/python/values.ts";
import { SessionError } from "../../src/index.ts";

const ID = "0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51";

/** Every kind of Python value, and what an application sees of it. */
const KINDS: [name: string, python: PyValue, seen: unknown][] = [
  ["None", null, null],
  ["bool", true, true],
  ["int", 42, 42],
  ["a long int", 2n ** 64n, 2n ** 64n],
  ["a float with a fraction", 1.5, 1.5],
  ["a whole float", new Float(1), 1],
  ["minus zero", new Float(-0), -0],
  ["nan", Number.NaN, Number.NaN],
  ["inf", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ["str", "text", "text"],
  ["bytes", Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  ["bytearray", new ByteArray(Uint8Array.of(1, 2)), Uint8Array.of(1, 2)],
  ["list", [1, new Float(2)], [1, 2]],
  ["tuple", Tuple.of<PyValue>(1, new Float(2)), Tuple.of(1, 2)],
  ["set", new Set<PyValue>([1, new Float(2)]), new Set([1, 2])],
  ["frozenset", new FrozenSet([1, new Float(2)]), new Set([1, 2])],
  ["dict", { a: new Float(1) }, { a: 1 }],
  ["a dict with int keys", new Map<PyValue, PyValue>([[1, new Float(1)]]), new Map([[1, 1]])],
  ["a dict with float keys", new Map<PyValue, PyValue>([[new Float(1), "a"]]), new Map([[1, "a"]])],
  [
    "a dict with bytes, tuples and datetimes for keys",
    new Map<PyValue, PyValue>([
      [Uint8Array.of(1), new Float(1)],
      [Tuple.of<PyValue>(1, new Float(2)), new Float(2)],
      [new DateTime(0, 123_456_000, undefined), new DateTime(0, 123_456_000, 7200)],
    ]),
    new Map<unknown, unknown>([
      [Uint8Array.of(1), 1],
      [Tuple.of(1, 2), 2],
      [new Date(123), new Date(123)],
    ]),
  ],
  ["a set of tuples", new Set<PyValue>([Tuple.of<PyValue>(1, new Float(2))]), new Set([Tuple.of(1, 2)])],
  ["a naive datetime", new DateTime(0, 123_456_000, undefined), new Date(123)],
  ["an aware datetime", new DateTime(0, 123_456_000, 7200), new Date(123)],
  ["date", new Text("date", "2024-02-29"), "2024-02-29"],
  ["time", new Text("time", "12:00:00"), "12:00:00"],
  ["timedelta", new Text("timedelta", "P1DT2.5S"), "P1DT2.5S"],
  ["Decimal", new Text("decimal", "1.10"), "1.10"],
  ["UUID", new Uuid(ID), new Uuid(ID)],
  ["Markup", new Markup("<b>"), new Markup("<b>")],
  ["an extension", new Extension(5, Uint8Array.of(1)), new Extension(5, Uint8Array.of(1))],
];

describe.each(KINDS)("%s", (_name, python, seen) => {
  it("is seen as JavaScript has it", () => {
    expect(toJs(python)).toStrictEqual(seen);
  });

  it("stays what it was while the application leaves it alone", () => {
    expect(fromJs(toJs(python), python)).toStrictEqual(python);
    expect(fromJs({ deep: [toJs(python)] }, { deep: [python] })).toStrictEqual({ deep: [python] });
  });
});

describe("what was changed", () => {
  it.each<[value: unknown, before: PyValue, after: PyValue]>([
    [2, new Float(1), 2],
    [0, new Float(-0), 0],
    [-0, 0, new Float(-0)],
    [1e300, null, new Float(1e300)],
    ["2024-03-01", new Text("date", "2024-02-29"), "2024-03-01"],
    [new Date(1500), new DateTime(0, 0, undefined), new DateTime(1, 500_000_000, 0)],
    [new Date(-1), null, new DateTime(-1, 999_000_000, 0)],
    [Uint8Array.of(2), new ByteArray(Uint8Array.of(1)), Uint8Array.of(2)],
    [[1], Tuple.of<PyValue>(new Float(1)), [1]],
    [5n, null, 5],
    [2n ** 53n, null, 2n ** 53n],
  ])("%o over %o is %o", (value, before, after) => {
    expect(fromJs(value, before)).toStrictEqual(after);
  });

  it("keeps the place of the keys that are still there", () => {
    const after = fromJs({ new: 1, b: 2, a: 3 }, { a: 1, gone: 1, b: 2 });
    expect(Object.keys(after as object)).toEqual(["a", "b", "new"]);
  });
});

describe("what has no Python form is ERR_ENCODE with its path", () => {
  class Cart {}
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const sparse = [1];
  sparse[2] = 3;
  const withKeys = Object.assign([1], { extra: 1 });
  it.each<[value: unknown, path: string]>([
    [{ a: { "b-c": [() => 1] } }, `session.a["b-c"][0]: a function`],
    [{ a: Symbol("s") }, "session.a: a symbol"],
    [{ a: new Cart() }, "session.a: an instance of Cart"],
    [{ a: new Date(Number.NaN) }, "session.a: an invalid Date"],
    [{ a: [undefined] }, "session.a[0]: undefined"],
    [{ a: sparse }, "session.a[1]: undefined"],
    [{ a: withKeys }, "session.a: an array with keys of its own"],
    [{ a: new Set([() => 1]) }, "session.a: a function"],
    [{ a: new Map([["k", () => 1]]) }, "session.a.k: a function"],
    [{ a: cycle }, "session.a: is nested deeper than 1000 levels, or contains itself"],
    [{ a: /x/ }, "session.a: an instance of RegExp"],
  ])("%o", (value, message) => {
    expect(() => fromJs(value)).toThrow(expect.objectContaining({ code: "ERR_ENCODE" }));
    expect(() => fromJs(value)).toThrow(SessionError);
    expect(() => fromJs(value)).toThrow(message);
  });
});

it("undefined in an object is as if it weren't there", () => {
  expect(fromJs({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
});

it("__proto__ is a key like any other, both ways", () => {
  const value = JSON.parse('{"__proto__":{"a":1},"b":2}');
  const python = fromJs(value);
  expect(Object.getPrototypeOf(python)).toBe(Object.prototype);
  expect(Object.keys(python as object)).toEqual(["__proto__", "b"]);
  const seen = toJs(Object.defineProperty({}, "__proto__", { value: new Float(1), enumerable: true }) as PyValue);
  expect(Object.getOwnPropertyDescriptor(seen, "__proto__")?.value).toBe(1);
});

it("999 levels are held", () => {
  let value: unknown[] = [];
  for (let level = 1; level < 999; level++) value = [value];
  expect(() => fromJs({ a: value })).not.toThrow();
});

it("a datetime beyond what Date reaches stays opaque", () => {
  const far = new DateTime(9e12, 0, 0);
  expect(toJs(far)).toBe(far);
});
