import { describe, expect, it } from "vitest";
import { decide, type Facts, type Plan } from "../../src/core/commit.ts";

interface Row {
  name: string;
  when: (facts: Facts) => boolean;
  expected: Plan;
}

const plan = (store: Plan["store"], cookie: Plan["cookie"], gone = false): Plan => ({ store, cookie, gone });
const inStore = (facts: Facts) => facts.keeper === "store";
const inCookie = (facts: Facts) => facts.keeper === "cookie";
const login = (facts: Facts) => facts.move === "login";
const retired = (facts: Facts) => facts.found === "retired";
const fresh = (facts: Facts) => facts.found === "nothing" || facts.found === "retired";

/** The table: the first row that fits counts. */
const TABLE: Row[] = [
  // In a store
  {
    name: "retired token or differing cookies, nothing written",
    when: (f) => inStore(f) && (retired(f) || f.ambiguous) && !login(f) && f.empty,
    expected: plan("none", "keep"),
  },
  {
    name: "retired token or differing cookies, written",
    when: (f) => inStore(f) && (retired(f) || f.ambiguous) && !login(f),
    expected: plan("none", "keep", true),
  },
  { name: "new and empty", when: (f) => inStore(f) && fresh(f) && f.empty, expected: plan("none", "keep") },
  { name: "new, with data", when: (f) => inStore(f) && fresh(f), expected: plan("create", "set") },
  { name: "destroyed, logged out", when: (f) => inStore(f) && f.ended && f.empty, expected: plan("end", "clear") },
  { name: "ended, then written", when: (f) => inStore(f) && f.ended, expected: plan("endAndCreate", "set") },
  { name: "lazy, never loaded", when: (f) => inStore(f) && f.found === "unread", expected: plan("none", "keep") },
  { name: "emptied", when: (f) => inStore(f) && f.empty && f.changed, expected: plan("replace", "clear") },
  { name: "empty already when it was read", when: (f) => inStore(f) && f.empty, expected: plan("none", "keep") },
  { name: "login", when: (f) => inStore(f) && login(f), expected: plan("move", "set") },
  { name: "regenerate", when: (f) => inStore(f) && f.move === "regenerate", expected: plan("move", "set") },
  {
    name: "changed, and permanent changed or verified by an old secret",
    when: (f) => inStore(f) && f.changed && f.cookieStale,
    expected: plan("replace", "set"),
  },
  { name: "changed", when: (f) => inStore(f) && f.changed, expected: plan("replace", "keep") },
  {
    name: "unchanged, used by somebody else, verified by an old secret",
    when: (f) => inStore(f) && f.cookieStale && f.used,
    expected: plan("note", "set"),
  },
  {
    name: "unchanged, verified by an old secret",
    when: (f) => inStore(f) && f.cookieStale,
    expected: plan("none", "set"),
  },
  { name: "unchanged, used by somebody else", when: (f) => inStore(f) && f.used, expected: plan("note", "keep") },
  { name: "unchanged", when: inStore, expected: plan("none", "keep") },

  // In the cookie
  {
    name: "cookie: differing cookies, nothing written",
    when: (f) => inCookie(f) && f.ambiguous && !login(f) && f.empty,
    expected: plan("none", "keep"),
  },
  {
    name: "cookie: differing cookies, written",
    when: (f) => inCookie(f) && f.ambiguous && !login(f),
    expected: plan("none", "keep", true),
  },
  {
    name: "cookie: emptied or ended",
    when: (f) => inCookie(f) && f.found === "live" && f.empty && (f.changed || f.ended),
    expected: plan("none", "clear"),
  },
  {
    name: "cookie: new and empty, or empty already when it was read",
    when: (f) => inCookie(f) && f.empty,
    expected: plan("none", "keep"),
  },
  {
    name: "cookie: new, with data",
    when: (f) => inCookie(f) && f.found !== "live",
    expected: plan("none", "set"),
  },
  {
    name: "cookie: ended, then written",
    when: (f) => inCookie(f) && f.ended,
    expected: plan("none", "set"),
  },
  { name: "cookie: changed", when: (f) => inCookie(f) && f.changed, expected: plan("none", "set") },
  {
    name: "cookie: login, regenerate",
    when: (f) => inCookie(f) && f.move !== "none",
    expected: plan("none", "set"),
  },
  {
    name: "cookie: permanent changed, or verified by an old secret",
    when: (f) => inCookie(f) && f.cookieStale,
    expected: plan("none", "set"),
  },
  { name: "cookie: due for renewal", when: (f) => inCookie(f) && f.due, expected: plan("none", "set") },
  { name: "cookie: untouched or unchanged", when: inCookie, expected: plan("none", "keep") },
];

const VALUES: { [K in keyof Facts]: readonly Facts[K][] } = {
  keeper: ["store", "cookie"],
  found: ["nothing", "live", "retired", "unread"],
  ended: [false, true],
  empty: [false, true],
  changed: [false, true],
  used: [false, true],
  move: ["none", "regenerate", "login"],
  cookieStale: [false, true],
  due: [false, true],
  ambiguous: [false, true],
};

/** Every combination of the values of all facts. */
function everyCombination(): Facts[] {
  let combinations: Record<string, unknown>[] = [{}];
  for (const [fact, values] of Object.entries(VALUES)) {
    combinations = combinations.flatMap((partial) => values.map((value) => ({ ...partial, [fact]: value })));
  }
  return combinations as unknown as Facts[];
}

const ALL = everyCombination();
const rowOf = (facts: Facts): Row | undefined => TABLE.find((row) => row.when(facts));

describe("the decision at commit", () => {
  it("has a row for every combination of facts", () => {
    expect(ALL).toHaveLength(2 * 4 * 2 ** 4 * 3 * 2 ** 3);
    expect(new Set(ALL.map((facts) => JSON.stringify(facts))).size).toBe(ALL.length);
    expect(ALL.filter((facts) => rowOf(facts) === undefined)).toEqual([]);
  });

  it.each(TABLE)("$name", (row) => {
    const mine = ALL.filter((facts) => rowOf(facts) === row);
    expect(mine).not.toHaveLength(0);
    expect(mine.filter((facts) => JSON.stringify(decide(facts)) !== JSON.stringify(row.expected))).toEqual([]);
  });
});

describe("whatever the facts", () => {
  const check = (holds: (facts: Facts, plan: Plan) => boolean) =>
    expect(ALL.filter((facts) => !holds(facts, decide(facts)))).toEqual([]);

  it("an empty session gets no cookie", () => check((f, p) => !f.empty || p.cookie !== "set"));
  it("a token is set without a store step only when the cookie is stale", () =>
    check(
      (f, p) => f.keeper === "cookie" || p.cookie !== "set" || !["none", "note"].includes(p.store) || f.cookieStale,
    ));
  it("sessions in the cookie take no store step", () => check((f, p) => f.keeper === "store" || p.store === "none"));
  it("a retired token's cookie is never cleared, and set by a login alone", () =>
    check((f, p) => !inStore(f) || !retired(f) || p.cookie === "keep" || (p.cookie === "set" && login(f))));
  it("differing cookies are left alone but by a login", () =>
    check((f, p) => !f.ambiguous || login(f) || p.cookie === "keep"));
  it("an unknown token is never cleared", () => check((f, p) => f.found !== "nothing" || p.cookie !== "clear"));
  it("what is gone touches neither store nor cookie", () =>
    check((_f, p) => !p.gone || (p.store === "none" && p.cookie === "keep")));
  it("nothing is lost unsaid: what was written is stored, set or gone", () =>
    check(
      (f, p) =>
        f.empty ||
        !(f.changed || f.ended) ||
        f.found === "unread" ||
        !["none", "note"].includes(p.store) ||
        p.cookie === "set" ||
        p.gone,
    ));
  it("an ended session of a store ends, whatever else happened", () =>
    check(
      (f, p) => !inStore(f) || !f.ended || f.ambiguous || fresh(f) || p.store === "end" || p.store === "endAndCreate",
    ));
});
