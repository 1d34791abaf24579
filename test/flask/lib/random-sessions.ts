import fc from "fast-check";
import {
  ByteArray,
  DateTime,
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
import type { PythonFormat } from "./oracle.ts";

/** Sessions of everything that a format can hold, Flask's own keys among the application's. */
export function sessionsFor(format: PythonFormat): fc.Arbitrary<PyDict> {
  const leaf = fc.oneof(...LEAVES.everywhere, ...LEAVES[isPickle(format) ? "pickle" : format]);
  const key = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: fc.constantFrom(...KEYS[format]) });
  const value = nested(leaf, key, format);
  const own = fc.array(fc.tuple(name, value), { maxLength: 5 });
  return fc
    .tuple(own, fc.subarray(FLASKS_OWN), fc.boolean())
    .map(([entries, reserved, first]) => dictOf(first ? [...reserved, ...entries] : [...entries, ...reserved]));
}

const FLASKS_OWN: [string, PyValue][] = [
  ["_permanent", true],
  ["_user_id", "user-42"],
  ["_flashes", [Tuple.from(["message", "Saved"]), Tuple.from(["error", { code: new Float(1) }])]],
  ["_fresh", true],
];

/** Half a character has no UTF-8, and so no format. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }).filter((value) => value.isWellFormed()),
  fc.string({ maxLength: 12 }),
  fc.constantFrom("__proto__", "constructor", "toJSON", "", " t", " di", "$"),
);
/** JavaScript moves keys such as "7" to the front, which Python's dicts are equal in spite of, but their bytes aren't. */
const name = text.filter((value) => !/^\d+$/.test(value));
const bytes = fc.uint8Array({ maxLength: 40 });
const finite = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value): PyValue => (Number.isInteger(value) ? new Float(value) : value));
const bigInt = (range?: { min: bigint; max: bigint }): fc.Arbitrary<PyValue> =>
  fc.bigInt(range ?? {}).filter((value) => !Number.isSafeInteger(Number(value)));
/** To the microsecond, in Python's years from 100 on: in HTTP dates, Python takes those before for the recent past. */
const moment = (offset: fc.Arbitrary<number | undefined>): fc.Arbitrary<PyValue> =>
  fc
    .tuple(fc.integer({ min: -59_000_000_000, max: 253_402_200_000 }), fc.nat(999_999), offset)
    .map(([seconds, micros, east]) => new DateTime(seconds, micros * 1000, east));
const utc = moment(fc.constant(0));
const uuid = fc.uuid().map((value): PyValue => new Uuid(value));
const markup = text.map((value): PyValue => new Markup(value));

const LEAVES: Record<"everywhere" | "msgpack" | "json" | "cookie" | "pickle", fc.Arbitrary<PyValue>[]> = {
  everywhere: [
    fc.constant(null),
    fc.boolean(),
    fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: -40, max: 300 })),
    finite,
    text,
  ],
  msgpack: [
    bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    bytes,
    utc,
  ],
  json: [bigInt()],
  cookie: [bigInt(), bytes, uuid, markup, utc, moment(fc.constantFrom(undefined, 3600, -19_800))],
  pickle: [
    bigInt(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    bytes,
    bytes.map((value): PyValue => new ByteArray(value)),
    uuid,
    markup,
    moment(fc.constantFrom(undefined, 0, 3600, -19_800)),
    fc.constantFrom<PyValue>(
      new Text("date", "2024-02-29"),
      new Text("time", "12:34:56.789000"),
      new Text("timedelta", "P1DT2.5S"),
      new Text("decimal", "1.50"),
    ),
    fc.uniqueArray(text, { maxLength: 3 }).map((items): PyValue => new Set(items)),
    fc.uniqueArray(fc.integer(), { maxLength: 3 }).map((items): PyValue => new FrozenSet(items)),
  ],
};

/** Keys that aren't text, no two equal in Python, where the format gives them back. */
const KEYS: Record<PythonFormat, PyValue[]> = {
  msgpack: [null, 7, -1, 2.5, new Float(3), 2n ** 60n],
  json: ["text"],
  cookie: ["text"],
  pickle0: [null, 7, 2.5, new Float(3), 2n ** 60n],
  pickle4: [null, 7, 2.5, new Float(3), 2n ** 60n],
  pickle5: [null, 7, 2.5, new Float(3), 2n ** 60n],
};

function nested(leaf: fc.Arbitrary<PyValue>, key: fc.Arbitrary<PyValue>, format: PythonFormat): fc.Arbitrary<PyValue> {
  return fc.letrec<{ value: PyValue }>((tie) => {
    const items = fc.array(tie("value"), { maxLength: 4 });
    const tuples = format === "cookie" || isPickle(format) ? [items.map((all) => Tuple.from(all))] : [];
    const entries = fc.uniqueArray(fc.tuple(key, tie("value")), { maxLength: 4, selector: ([key]) => key });
    return { value: fc.oneof({ depthSize: "small" }, leaf, items, ...tuples, entries.map(dictOf)) };
  }).value;
}

function isPickle(format: PythonFormat): format is "pickle0" | "pickle4" | "pickle5" {
  return format.startsWith("pickle");
}

function dictOf(entries: [PyValue, PyValue][]): PyDict {
  if (!entries.every(([key]) => typeof key === "string")) return new Map(entries) as unknown as PyDict;
  const dict: PyDict = {};
  for (const [key, value] of entries as [string, PyValue][]) setKey(dict, key, value);
  return dict;
}
