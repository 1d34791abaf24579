import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
import { type Oracle, Refusal, startOracle } from "./oracle.ts";
import { fromTyped, toTyped } from "./typed.ts";
import { hasPython } from "./venv.ts";

const bytes = Uint8Array.of(0, 127, 255);
const proto: PyValue = JSON.parse('{ "__proto__": 1 }');

/** A value, and how Python itself writes it down (`protocol 0` shows what type it is). */
const values: Record<string, PyValue> = {
  none: null,
  booleans: [true, false],
  ints: [0, -1, Number.MAX_SAFE_INTEGER, 2n ** 53n, -(2n ** 70n)],
  floats: [1.5, -1e-7, new Float(1), new Float(-0), new Float(1e300), Number.POSITIVE_INFINITY, Number.NaN],
  strings: ["", "é\u2028😀\0", "\ud800"],
  bytes: [bytes, new ByteArray(bytes), new Uint8Array()],
  tuples: [Tuple.of<PyValue>(1, Tuple.of()), Tuple.of("a")],
  sets: [new Set([1, "a"]), new FrozenSet([new Float(2), Tuple.of<PyValue>(1)])],
  dicts: [
    {},
    { b: 1, a: { c: [] } },
    { $: "float", v: "1" },
    new Map<PyValue, PyValue>([
      [1, "a"],
      [null, {}],
    ]),
    proto,
  ],
  moments: [
    new DateTime(1709210096, 789_000_000, undefined),
    new DateTime(1709210096, 0, 0),
    new DateTime(-62_135_596_800, 1000, 7200),
    new DateTime(253_402_300_799, 999_999_000, -19_830),
  ],
  texts: [
    new Text("date", "2024-02-29"),
    new Text("time", "12:34:56.000789"),
    new Text("timedelta", "P1DT2.5S"),
    new Text("timedelta", "-P1D"),
    new Text("decimal", "1.10"),
  ],
  others: [new Uuid("0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51"), new Markup("<b>"), new Extension(5, bytes)],
};

it.each(Object.entries(values))("typed JSON holds %s", (_, value) => {
  expect(fromTyped(JSON.parse(JSON.stringify(toTyped(value))))).toStrictEqual(value);
});

describe.skipIf(!hasPython)("the oracle", () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await startOracle();
  }, 300_000);
  afterAll(() => oracle?.stop());

  it.each(Object.entries(values))("keeps %s through a pickle", async (_, value) => {
    const [written] = await oracle.encode("pickle4", [value]);
    expect(written).toBeInstanceOf(Uint8Array);
    expect(await oracle.decode("pickle4", [written as Uint8Array])).toStrictEqual([value]);
    expect(await oracle.same([[value, value]])).toEqual([true]);
  });

  it("tells types apart that Python takes for equal", async () => {
    const pairs: [PyValue, PyValue][] = [
      [1, new Float(1)],
      [1, true],
      [new Float(0), new Float(-0)],
      [[1], Tuple.of(1)],
      [{ a: [1] }, { a: [new Float(1)] }],
      [new Map([[1, 2]]), new Map([[new Float(1), 2]])],
      [new Set([1]), new FrozenSet([1])],
      ["<b>", new Markup("<b>")],
      [new DateTime(0, 0, 0), new DateTime(0, 0, 3600)],
      [new DateTime(0, 0, 0), new DateTime(0, 0, undefined)],
    ];
    expect(await oracle.same(pairs)).toEqual(pairs.map(() => false));
  });

  it("writes as Flask-Session and Flask do", async () => {
    const value = { _permanent: true, user_id: 42, name: "alice" };
    const [msgpack, json] = await Promise.all([oracle.encode("msgpack", [value]), oracle.encode("json", [value])]);
    const hex = "83aa5f7065726d616e656e74c3a7757365725f69642aa46e616d65a5616c696365";
    expect(msgpack).toEqual([new Uint8Array(Buffer.from(hex, "hex"))]);
    expect(json).toEqual([new Uint8Array(Buffer.from('{"_permanent":true,"user_id":42,"name":"alice"}'))]);

    const terms = { secret: "dev", now: 1_700_000_000, maxAge: 60 };
    const [cookie] = await oracle.encode("cookie", [{ b: Tuple.of(1), a: "é" }], terms);
    const [payload, time] = Buffer.from(cookie as Uint8Array)
      .toString()
      .split(".");
    expect(Buffer.from(payload ?? "", "base64url").toString()).toBe('{"a":"\\u00e9","b":{" t":[1]}}');
    expect(time).toBe("ZVPxAA");
    const read = (now: number) => oracle.decode("cookie", [cookie as Uint8Array], { ...terms, now });
    expect(await read(terms.now + 60)).toStrictEqual([{ b: Tuple.of(1), a: "é" }]);
    expect(await read(terms.now + 61)).toEqual([new Refusal("SignatureExpired")]);
    const renewed = { ...terms, secret: "new", fallbacks: ["dev"] };
    expect(await oracle.decode("cookie", [cookie as Uint8Array], renewed)).toStrictEqual([{ b: Tuple.of(1), a: "é" }]);
  });

  it("reads msgpack, JSON and pickle", async () => {
    const value = { a: 1 };
    const formats = ["msgpack", "json", "pickle0", "pickle4", "pickle5"] as const;
    for (const format of formats) {
      const [written] = await oracle.encode(format, [value]);
      expect(await oracle.decode("session", [written as Uint8Array])).toEqual([value]);
    }
  });

  it("names the exception of what fails, one by one", async () => {
    const [refused, written] = await oracle.encode("msgpack", [new Markup("<b>"), 1]);
    expect(refused).toEqual(new Refusal("TypeError"));
    expect(written).toEqual(Uint8Array.of(1));
    expect(await oracle.decode("json", [Uint8Array.of(1)])).toEqual([new Refusal("DecodeError")]);
  });

  it("measures", async () => {
    const { encode, decode } = await oracle.measure("msgpack", { a: [1, 2, 3] }, 1000);
    expect(encode).toBeGreaterThan(0);
    expect(decode).toBeGreaterThan(0);
  });
});
