import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Flash, SessionRecord } from "../../src/codec.ts";
import { jsonCodec } from "../../src/codecs/json.ts";
import { changedKeys, differs, isSomeoneElses, type Merge, merge } from "../../src/core/merge.ts";

type Fields = Record<string, unknown>;

const record = (data: Fields, rest: Partial<SessionRecord> = {}): SessionRecord => ({ data, permanent: true, ...rest });
const mergeData = (base: Fields, mine: Fields, theirs: Fields): Merge =>
  merge({ base: record(base), mine: record(mine) }, record(theirs), jsonCodec);
const flash = (message: unknown, category = "message"): Flash => ({ message, category });
const mergeFlashes = (base: Flash[], mine: Flash[], theirs: Flash[]): Flash[] | undefined =>
  merge(
    { base: record({}, { flashes: base }), mine: record({}, { flashes: mine }) },
    record({}, { flashes: theirs }),
    jsonCodec,
  ).record.flashes;

/** Few keys and few values, so that both sides often meet. */
const keys = ["a", "b", "c", "constructor", "toString", "7"];
const fields: fc.Arbitrary<Fields> = fc.dictionary(
  fc.constantFrom(...keys),
  fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant({ deep: [1] })),
  {
    noNullPrototype: true,
  },
);
const same = (a: Fields, b: Fields, key: string): boolean => !changedKeys(a, b, jsonCodec).includes(key);

describe("merge of keys", () => {
  it.each([
    ["a change of mine", { a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }, []],
    ["a change of theirs", { a: 1 }, { a: 1 }, { a: 2 }, { a: 2 }, []],
    ["a key of mine", {}, { a: 1 }, { b: 2 }, { a: 1, b: 2 }, []],
    ["a key that I deleted", { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 }, { b: 2 }, []],
    ["a key that they deleted", { a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }, { b: 2 }, []],
    ["both changed it: mine stands", { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }, ["a"]],
    ["both changed it to the same", { a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }, []],
    ["I deleted what they changed", { a: 1 }, {}, { a: 3 }, {}, ["a"]],
    ["they deleted what I changed", { a: 1 }, { a: 2 }, {}, { a: 2 }, ["a"]],
    ["both deleted it", { a: 1 }, {}, {}, {}, []],
    ["both made it", {}, { a: 1 }, { a: 2 }, { a: 1 }, ["a"]],
    ["undefined is a value", { a: undefined }, {}, { a: undefined }, {}, []],
    [
      "a nested change",
      { a: { x: [1] } },
      { a: { x: [1, 2] } },
      { a: { x: [1] }, b: 1 },
      { a: { x: [1, 2] }, b: 1 },
      [],
    ],
  ])("%s", (_name, base, mine, theirs, data, contested) => {
    const merged = mergeData(base, mine, theirs);
    expect(merged.record.data).toStrictEqual(data);
    expect(merged.contested).toEqual(contested);
  });

  it("never drops a key that neither side touched, and adds none that neither has", () => {
    fc.assert(
      fc.property(fields, fields, fields, (base, mine, theirs) => {
        const { data } = mergeData(base, mine, theirs).record;
        for (const key of keys) {
          const iTouched = !same(base, mine, key);
          expect(same(data, iTouched ? mine : theirs, key)).toBe(true);
        }
        expect(Object.keys(data).every((key) => keys.includes(key))).toBe(true);
      }),
    );
  });

  it("commutes where the two sides touched different keys", () => {
    fc.assert(
      fc.property(fields, fields, fields, (base, mine, theirs) => {
        const disjoint: Fields = { ...base };
        for (const key of keys) if (same(base, mine, key) && Object.hasOwn(theirs, key)) disjoint[key] = theirs[key];
        const [one, other] = [mergeData(base, mine, disjoint), mergeData(base, disjoint, mine)];
        expect(changedKeys(one.record.data, other.record.data, jsonCodec)).toEqual([]);
        expect([one.contested, other.contested]).toEqual([[], []]);
      }),
    );
  });

  it("reports exactly the keys that both changed to different values, and mine stand", () => {
    fc.assert(
      fc.property(fields, fields, fields, (base, mine, theirs) => {
        const { record: merged, contested } = mergeData(base, mine, theirs);
        const expected = keys.filter(
          (key) => !same(base, mine, key) && !same(base, theirs, key) && !same(mine, theirs, key),
        );
        expect([...contested].sort()).toEqual(expected.sort());
        for (const key of contested) expect(same(merged.data, mine, key)).toBe(true);
      }),
    );
  });

  it("gives back what is stored where nothing was changed here", () => {
    fc.assert(
      fc.property(fields, fields, (base, theirs) => {
        expect(mergeData(base, { ...base }, theirs).record.data).toStrictEqual(theirs);
      }),
    );
  });

  it("changes none of its arguments", () => {
    const [base, mine, theirs] = [{ a: 1 }, { a: 2, b: 1 }, { a: 3, c: 1 }].map(Object.freeze) as [
      Fields,
      Fields,
      Fields,
    ];
    expect(mergeData(base, mine, theirs).record.data).toEqual({ a: 2, b: 1, c: 1 });
  });
});

describe("merge of flash messages", () => {
  const [one, two, three] = [flash("one"), flash("two"), flash("three", "error")];

  it.each([
    ["added on both sides", [one], [one, two], [one, three], [one, three, two]],
    ["read here", [one, two], [], [one, two], undefined],
    ["read here, added there", [one], [], [one, two], [two]],
    ["read on both sides", [one], [], [], undefined],
    ["read here, and the same said again there", [one], [], [one, one], [one]],
    ["read and said again here", [one, two], [two, one], [one, two], [one, two]],
    ["the same message in another category is another", [one], [], [flash("one", "error")], [flash("one", "error")]],
    ["rich messages", [flash(new Date(0))], [], [flash(new Date(0)), flash(1n)], [flash(1n)]],
  ])("%s", (_name, base, mine, theirs, expected) => {
    expect(mergeFlashes(base, mine, theirs)).toEqual(expected);
  });

  it("loses none, and shows none twice", () => {
    const count = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(count, count, count, count, (unread, readHere, addedHere, addedThere) => {
        const queue = (name: string, length: number) => Array.from({ length }, (_, index) => flash(`${name}${index}`));
        const kept = queue("kept", unread);
        const read = queue("read", readHere);
        const [ours, others] = [queue("mine", addedHere), queue("theirs", addedThere)];
        const merged = mergeFlashes([...read, ...kept], [...kept, ...ours], [...read, ...kept, ...others]) ?? [];
        expect(merged).toEqual([...kept, ...others, ...ours]);
      }),
    );
  });
});

describe("merge of the rest", () => {
  const early = new Date(1000);
  const late = new Date(2000);

  it.each([
    [true, true, false, false],
    [true, false, true, false],
    [false, true, false, true],
    [true, false, false, false],
  ])("permanent: base %s, mine %s, stored %s gives %s", (base, mine, theirs, expected) => {
    const change = { base: record({}, { permanent: base }), mine: record({}, { permanent: mine }) };
    expect(merge(change, record({}, { permanent: theirs }), jsonCodec).record.permanent).toBe(expected);
  });

  it("takes who is logged in, and since when, from what is stored", () => {
    const mine = record({ a: 1 }, { subject: "mallory", createdAt: late, authenticatedAt: late });
    const stored = record({}, { subject: "alice", createdAt: early, authenticatedAt: early, rev: "r" });
    const merged = merge({ base: record({}), mine }, stored, jsonCodec).record;
    expect(merged).toEqual({ ...stored, data: { a: 1 } });
    expect(merge({ base: record({}), mine }, record({}), jsonCodec).record).not.toHaveProperty("subject");
  });

  it.each([
    [undefined, undefined, false],
    [undefined, "alice", false],
    ["alice", "alice", false],
    ["alice", "bob", true],
    ["alice", undefined, true],
  ])("base of %s, stored of %s: somebody else's is %s", (base, stored, expected) => {
    const of = (subject: string | undefined) => record({}, subject === undefined ? {} : { subject });
    expect(isSomeoneElses(of(base), of(stored))).toBe(expected);
  });

  it.each([
    ["data", record({ a: 1 }), record({ a: 2 })],
    ["permanent", record({}), record({}, { permanent: false })],
    ["subject", record({}), record({}, { subject: "alice" })],
    ["flashes", record({}), record({}, { flashes: [flash(1)] })],
  ])("differs sees %s", (_name, before, after) => {
    expect(differs(before, after, jsonCodec)).toBe(true);
    expect(differs(after, structuredClone(after), jsonCodec)).toBe(false);
  });
});
