import fc from "fast-check";

/** Strings with what breaks encoders: lone surrogates, NUL, line separators, markup. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\ud800", "\udfff", "\0", "\u2028", "<", '"', "\\", "é", "😀") }),
);
const names = fc.oneof(
  fc.constantFrom(
    "constructor",
    "toString",
    "toJSON",
    "hasOwnProperty",
    "0",
    "42",
    "-1",
    "",
    "a b",
    "then",
    "prototype",
  ),
  text,
);
const key = names.filter((name) => name !== "__proto__");

/** A view into a larger buffer: what lies around it is none of the session's business. */
const bytes = fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(5), fc.nat(5)).map(([content, before, after]) => {
  const whole = new Uint8Array(before + content.length + after).fill(0xee);
  whole.set(content, before);
  return whole.subarray(before, before + content.length);
});

const leaf = fc.oneof(
  text,
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.integer(),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  bytes,
);

/** Everything that the codec promises to keep, nested. */
export const storable: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.sparseArray(tie("value"), { maxLength: 20, maxNumElements: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5 }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 4 }).map((values) => new Set(values)),
  ),
})).value;

const RESERVED = ["_permanent", "_user_id", "_created", "_login", "_flashes", "_rev", "_device"];

/** The data of a session. */
export const storableData: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  key.filter((name) => !RESERVED.includes(name)),
  storable,
  { maxKeys: 5, noNullPrototype: true },
);

/** The kinds of all objects in `value`, however nested. */
export function prototypesIn(value: unknown): Set<unknown> {
  const prototypes = new Set<unknown>();
  const seen = new Set<object>();
  const queue = [value];
  while (queue.length > 0) {
    const next = queue.pop();
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    prototypes.add(Object.getPrototypeOf(next));
    if (next instanceof Map) for (const entry of next) queue.push(...entry);
    else if (next instanceof Set) queue.push(...next);
    else if (!(next instanceof Uint8Array)) queue.push(...Object.values(next));
  }
  return prototypes;
}
