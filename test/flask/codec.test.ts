import { describe, expect, it } from "vitest";
import type { SessionRecord } from "../../src/codec.ts";
import { flaskCodec } from "../../src/flask/codec.ts";
import { json } from "../../src/flask/formats/json.ts";
import { msgpack } from "../../src/flask/formats/msgpack.ts";
import { pickle4 } from "../../src/flask/formats/pickle.ts";
import { taggedJson } from "../../src/flask/formats/tagged-json.ts";
import {
  DateTime,
  Float,
  Markup,
  type PyDict,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../../src/flask/python/values.ts";

const FORMATS = { msgpack, json, pickle4, taggedJson };
const codec = flaskCodec(msgpack, [msgpack, json, pickle4]);
const record = (data: Record<string, unknown>, more: Partial<SessionRecord> = {}): SessionRecord => ({
  data,
  permanent: false,
  ...more,
});

function decoded(dict: PyDict | Map<PyValue, PyValue>): SessionRecord {
  const found = codec.decode(msgpack.write(dict));
  if (found === undefined) throw new Error("not a session");
  return found;
}

/** What stands there after `change` of the record that was read. */
function rewritten(dict: PyDict | Map<PyValue, PyValue>, change: (record: SessionRecord) => void = () => {}): unknown {
  const found = decoded(dict);
  change(found);
  return msgpack.read(codec.encode(found, msgpack.write(dict)));
}

describe.each(["_permanent", "_user_id", "_flashes"])("the name %s", (name) => {
  it("is reserved", () => {
    expect(() => codec.encode(record({ [name]: 1 }))).toThrow(TypeError);
    expect(() => codec.encode(record({ [name]: 1 }))).toThrow(`session.${name}`);
  });
});

describe("_permanent", () => {
  it.each<[before: PyDict, permanent: boolean]>([
    [{ _permanent: true }, true],
    [{ _permanent: false }, false],
    [{}, false],
    [{ _permanent: 1 }, false],
  ])("%j", (before, permanent) => {
    expect(decoded(before)).toMatchObject({ permanent, data: {} });
  });

  it("is False only over what stood there", () => {
    const off = (found: SessionRecord) => {
      found.permanent = false;
    };
    expect(rewritten({ _permanent: true }, off)).toStrictEqual({ _permanent: false });
    expect(rewritten({ a: 1 }, off)).toStrictEqual({ a: 1 });
    expect(msgpack.read(codec.encode(record({}, { permanent: true })))).toStrictEqual({ _permanent: true });
  });
});

describe("_user_id", () => {
  it.each<[user: PyValue, subject: string | undefined]>([
    ["42", "42"],
    [42, "42"],
    [2n ** 63n, String(2n ** 63n)],
    [null, undefined],
    ["", undefined],
    ["a\0b", undefined],
    ["x".repeat(256), undefined],
    [["42"], undefined],
    [true, undefined],
  ])("%o", (user, subject) => {
    expect(decoded({ _user_id: user }).subject).toBe(subject);
    expect(rewritten({ _user_id: user, a: 1 })).toStrictEqual({ _user_id: user, a: 1 });
  });

  it("of another user is text, and goes with the login", () => {
    const become = (subject: string | undefined) => (found: SessionRecord) => {
      if (subject === undefined) delete found.subject;
      else found.subject = subject;
    };
    expect(rewritten({ _user_id: 42 }, become("43"))).toStrictEqual({ _user_id: "43" });
    expect(rewritten({ _user_id: 42, a: 1 }, become(undefined))).toStrictEqual({ a: 1 });
  });
});

describe("_flashes", () => {
  it("are pairs of category and message", () => {
    const { flashes } = decoded({ _flashes: [["message", "hi"]] });
    expect(flashes).toStrictEqual([{ category: "message", message: "hi" }]);
  });

  it.each<[flashes: PyValue]>([["hi"], [["hi"]], [[["a"]]], [[[1, "hi"]]], [[["a", "b", "c"]]], [{ a: 1 }]])(
    "%j is left as it is",
    (flashes) => {
      expect(decoded({ _flashes: flashes }).flashes).toBeUndefined();
      expect(rewritten({ _flashes: flashes, a: 1 })).toStrictEqual({ _flashes: flashes, a: 1 });
    },
  );

  it("are tuples where the format has them, as Flask writes them", () => {
    const tagged = flaskCodec(taggedJson, [taggedJson]);
    const bytes = tagged.encode(record({}, { flashes: [{ category: "error", message: "no" }] }));
    expect(Buffer.from(bytes).toString()).toBe('{"_flashes":[{" t":["error","no"]}]}');
  });

  it("name their place where a message has no Python form", () => {
    const flashes = [{ category: "message", message: () => 1 }];
    expect(() => codec.encode(record({}, { flashes }))).toThrow("session._flashes[0][1]");
  });

  it("go when they were read", () => {
    const readAll = (found: SessionRecord) => {
      delete found.flashes;
    };
    expect(rewritten({ _flashes: [["message", "hi"]], a: 1 }, readAll)).toStrictEqual({ a: 1 });
  });
});

describe("keys", () => {
  it("stay in their order, new ones last", () => {
    const before = { z: 1, _permanent: true, "2": 1, _user_id: "7", a: 1 };
    const bytes = msgpack.write(
      new Map<PyValue, PyValue>([...Object.entries(before).filter(([key]) => key !== "2"), ["b", 1]]),
    );
    const found = codec.decode(bytes) as SessionRecord;
    expect(Buffer.from(codec.encode(found, bytes)).equals(bytes)).toBe(true);
    found.data["new"] = 1;
    expect(Object.keys(msgpack.read(codec.encode(found, bytes)) as object)).toEqual([
      "z",
      "_permanent",
      "_user_id",
      "a",
      "b",
      "new",
    ]);
  });

  it("that aren't text stay what they are in Python", () => {
    const before = new Map<PyValue, PyValue>([
      [1, "one"],
      ["a", new Float(1)],
      [null, "none"],
    ]);
    expect(decoded(before).data).toStrictEqual({ 1: "one", a: 1, null: "none" });
    expect(rewritten(before)).toStrictEqual(
      new Map<PyValue, PyValue>([
        [1, "one"],
        ["a", new Float(1)],
        [null, "none"],
      ]),
    );
  });
});

describe("what the application leaves alone", () => {
  const values: Record<string, [value: PyValue, formats: (keyof typeof FORMATS)[]]> = {
    "a whole float": [new Float(1), ["msgpack", "json", "pickle4", "taggedJson"]],
    "minus zero": [new Float(-0), ["msgpack", "json", "pickle4", "taggedJson"]],
    "a long int": [2n ** 63n, ["msgpack", "json", "pickle4", "taggedJson"]],
    "an int-keyed dict": [new Map<PyValue, PyValue>([[1, new Float(2)]]), ["msgpack", "pickle4"]],
    bytes: [Uint8Array.of(0, 255), ["msgpack", "pickle4", "taggedJson"]],
    "a tuple": [Tuple.of<PyValue>(1, new Float(2)), ["pickle4", "taggedJson"]],
    "a set": [new Set<PyValue>([1, new Float(2)]), ["pickle4"]],
    "an aware datetime": [new DateTime(1, 5000, 0), ["msgpack", "pickle4"]],
    "a naive datetime": [new DateTime(1, 5000, undefined), ["pickle4"]],
    "a date": [new Text("date", "2024-02-29"), ["pickle4"]],
    "a timedelta": [new Text("timedelta", "P1DT2.5S"), ["pickle4"]],
    "a Decimal": [new Text("decimal", "1.10"), ["pickle4"]],
    "a UUID": [new Uuid("0b0e3f6c2c434a7e9d115a3f6f0c7a51"), ["pickle4", "taggedJson"]],
    "a Markup": [new Markup("<b>"), ["pickle4", "taggedJson"]],
  };
  const cases = Object.entries(values).flatMap(([name, [value, formats]]) =>
    formats.map((format) => ({ name, value, format })),
  );
  it.each(cases)("$name keeps its Python type in $format", ({ value, format }) => {
    const one = flaskCodec(FORMATS[format], [FORMATS[format]]);
    const before = FORMATS[format].write({ deep: { list: [value] }, n: 1 });
    const found = one.decode(before) as SessionRecord;
    expect(Buffer.from(one.encode(found, before)).equals(before)).toBe(true);
    found.data["n"] = 2;
    expect(FORMATS[format].read(one.encode(found, before))).toStrictEqual({ deep: { list: [value] }, n: 2 });
  });
});

describe("from one format to another", () => {
  it.each([json, pickle4])("what was read is written as configured", (older) => {
    const before = older.write({ a: new Float(1), _user_id: "7" });
    const found = codec.decode(before) as SessionRecord;
    expect(msgpack.read(codec.encode(found, before))).toStrictEqual({ a: new Float(1), _user_id: "7" });
  });

  it("what has no place in the newer format stays pickled", () => {
    const before = pickle4.write({ note: new Markup("<b>") });
    const found = codec.decode(before) as SessionRecord;
    found.data["n"] = 1;
    const after = codec.encode(found, before);
    expect(pickle4.read(after)).toStrictEqual({ note: new Markup("<b>"), n: 1 });
    expect(codec.decode(after)).toStrictEqual(found);
  });

  it("but what has none in a new session is ERR_ENCODE with its path", () => {
    const write = () => codec.encode(record({ cart: [{ note: new Markup("<b>") }] }));
    expect(write).toThrow(expect.objectContaining({ code: "ERR_ENCODE" }));
    expect(write).toThrow("session.cart[0].note");
  });
});

describe("isn't a session", () => {
  it.each<[what: string, bytes: Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a number", Uint8Array.of(5)],
    ["a list", Uint8Array.of(0x90)],
    ["garbage", Uint8Array.of(0xc1, 0xc1)],
  ])("%s", (_what, bytes) => {
    expect(codec.decode(bytes)).toBeUndefined();
  });

  it("and is written over", () => {
    expect(msgpack.read(codec.encode(record({ a: 1 }), Uint8Array.of(0xc1)))).toStrictEqual({ a: 1 });
  });
});
