import fc from "fast-check";
import {
  DateTime,
  Extension,
  Float,
  type PyDict,
  type PyValue,
  setKey,
  Tuple,
} from "../../../../src/flask/python/values.ts";

/** Half a character has no UTF-8, and so no format. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 50 }).filter((value) => value.isWellFormed()),
  fc.string({ unit: fc.constantFrom("\0", "\u2028", "\u007f", "<", '"', "\\", "é", "😀", "\u001f", "ud") }),
  fc.constantFrom("__proto__", "constructor", "toJSON", "7", ""),
);
const float = fc.double({ noNaN: true, noDefaultInfinity: true });
const pythonFloat = float.map((value): PyValue => (Number.isInteger(value) ? new Float(value) : value));
const int = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: -40, max: 300 }));
const moment = fc
  .tuple(fc.integer({ min: -62_135_596_800, max: 253_402_300_798 }), fc.nat(999_999_999))
  .map(([seconds, nanos]): PyValue => new DateTime(seconds, nanos, 0));

const jsonLeaf: fc.Arbitrary<PyValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  int,
  fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
  pythonFloat,
  text,
);

const msgpackLeaf: fc.Arbitrary<PyValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  int,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((value) => !Number.isSafeInteger(Number(value))),
  pythonFloat,
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  text,
  fc.uint8Array({ maxLength: 40 }),
  moment,
  fc
    .tuple(fc.integer({ min: -128, max: 127 }), fc.uint8Array({ maxLength: 20 }))
    .filter(([type]) => type !== -1)
    .map(([type, bytes]): PyValue => new Extension(type, bytes)),
);

/** A key that isn't text, among others: no two of them equal in Python. */
const mixedKeys: fc.Arbitrary<PyValue[]> = fc
  .tuple(
    fc.constantFrom<PyValue>(null, 7, -1, 2.5, new Float(3), 2n ** 60n, new Uint8Array([1]), Tuple.of<PyValue>(1, "a")),
    fc.uniqueArray(text, { maxLength: 3 }),
  )
  .map(([first, texts]) => [first, ...texts]);

function nested(leaf: fc.Arbitrary<PyValue>, maps: boolean): fc.Arbitrary<PyValue> {
  return fc.letrec<{ value: PyValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.array(tie("value"), { maxLength: 20 }),
      fc.array(fc.tuple(text, tie("value")), { maxLength: 20 }).map(toDict),
      ...(maps
        ? [fc.tuple(mixedKeys, tie("value")).map(([keys, value]) => new Map(keys.map((key) => [key, value])))]
        : []),
    ),
  })).value;
}

function toDict(entries: [string, PyValue][]): PyDict {
  const dict: PyDict = {};
  for (const [key, value] of entries) setKey(dict, key, value);
  return dict;
}

function dictsOf(leaf: fc.Arbitrary<PyValue>, maps: boolean): fc.Arbitrary<PyDict> {
  return fc.array(fc.tuple(text, nested(leaf, maps)), { maxLength: 8 }).map(toDict);
}

/** Sessions of which each format gives back every value as it was. */
export const jsonDicts: fc.Arbitrary<PyDict> = dictsOf(jsonLeaf, false);
export const msgpackDicts: fc.Arbitrary<PyDict> = dictsOf(msgpackLeaf, true);
