/** The checker finds what it is there to find: each of these histories breaks one promise, and the one beside it none. */
import { describe, expect, it } from "vitest";
import { check } from "../../scripts/stress/check.ts";
import { History, Recorder } from "../../scripts/stress/history.ts";
import type { Operation, Outcome, SubjectCall, Visit } from "../../scripts/stress/operation.ts";

/** From `start` to `end`. */
type Span = [start: number, end: number];

function at([start, end]: Span, outcome: Outcome = "done"): { start: number; end: number; outcome: Outcome } {
  return { start, end, outcome };
}

const count = (span: Span, value: number, outcome?: Outcome): Operation => ({
  kind: "count",
  session: 1,
  value,
  ...at(span, outcome),
});
const look = (span: Span, value: number): Operation => ({ kind: "look", session: 1, value, ...at(span) });
const set = (span: Span, seen: number, value: number, outcome?: Outcome): Operation => ({
  kind: "set",
  session: 1,
  key: 7,
  seen,
  value,
  ...at(span, outcome),
});
const found = (span: Span, seen: number): Operation => ({ ...set(span, seen, seen), kind: "found" }) as Operation;

/** What a visit did with the token; `live` unless said otherwise. */
function visit(
  kind: Visit["kind"],
  span: Span,
  token: number,
  more: Partial<Visit & { outcome: Outcome }> = {},
): Operation {
  return { kind, token, live: 1, subject: 5, born: 0, ...at(span), ...more };
}

const birth = (span: Span, born: number) => visit("login", span, 0, { live: 0, born });
const dead = (span: Span, token: number) => visit("read", span, token, { live: 0 });
const call = (kind: SubjectCall["kind"], span: Span, tokens: number[] = [], outcome?: Outcome): Operation => ({
  kind,
  subject: 5,
  tokens,
  ...at(span, outcome),
});

function rulesBroken(...history: Operation[]): string[] {
  return [...new Set(check(history).map(({ rule }) => rule))];
}

describe("no acknowledged update is lost", () => {
  const rule = ["no acknowledged update is lost"];

  it("raises that overlap come in any order", () => {
    expect(rulesBroken(count([0, 9], 2), count([1, 8], 1), look([10, 11], 2))).toEqual([]);
  });

  it("two raises to one value", () => {
    expect(rulesBroken(count([0, 9], 1), count([1, 8], 1))).toEqual(rule);
  });

  it("a raise over an older value", () => {
    expect(rulesBroken(count([0, 1], 2), count([2, 3], 1))).toEqual(rule);
  });

  it("an acknowledged raise that isn't there", () => {
    expect(rulesBroken(count([0, 1], 1), count([2, 3], 2), look([4, 5], 1))).toEqual(rule);
  });

  it("a raise that nobody made", () => {
    expect(rulesBroken(count([0, 1], 1), look([2, 3], 2))).toEqual(rule);
  });

  it("a look may or may not see what is under way, or unknown", () => {
    const raises = [count([0, 1], 1), count([2, 9], 2), count([2, 3], 3, "unknown")];
    for (const value of [1, 2, 3]) expect(rulesBroken(...raises, look([4, 5], value))).toEqual([]);
    for (const value of [0, 4]) expect(rulesBroken(...raises, look([4, 5], value))).toEqual(rule);
  });

  it("a lasting session that is gone", () => {
    expect(rulesBroken(count([0, 1], 0, "ended"))).toEqual(rule);
  });
});

describe("no acknowledged key is lost", () => {
  const rule = ["no acknowledged key is lost"];

  it("is there as it was acknowledged", () => {
    expect(rulesBroken(set([0, 1], 0, 1), set([2, 3], 1, 2), found([4, 5], 2))).toEqual([]);
  });

  it("is gone, or older, when its writer comes again", () => {
    expect(rulesBroken(set([0, 1], 0, 1), set([2, 3], 0, 2), found([4, 5], 2))).toEqual(rule);
    expect(rulesBroken(set([0, 1], 0, 1), set([2, 3], 1, 2), set([4, 5], 1, 3), found([6, 7], 3))).toEqual(rule);
  });

  it("is gone, or older, at the end", () => {
    expect(rulesBroken(set([0, 1], 0, 1))).toEqual(rule);
    expect(rulesBroken(set([0, 1], 0, 1), set([2, 3], 1, 2), found([4, 5], 1))).toEqual(rule);
  });

  it("of unknown outcome may be there or not", () => {
    const unknown = [set([0, 1], 0, 1), set([2, 3], 1, 2, "unknown")];
    for (const value of [1, 2]) expect(rulesBroken(...unknown, found([4, 5], value))).toEqual([]);
    expect(rulesBroken(...unknown, found([4, 5], 3))).toEqual(rule);
  });

  it("of a lasting session that is gone", () => {
    expect(rulesBroken(set([0, 1], -1, 1, "ended"))).toEqual(rule);
  });
});

describe("what ended stays ended", () => {
  const rule = ["what ended stays ended"];

  it.each(["logout", "destroy", "revoke"] as const)("alive after an acknowledged %s", (kind) => {
    expect(rulesBroken(birth([0, 1], 1), visit(kind, [2, 3], 1), dead([4, 5], 1))).toEqual([]);
    expect(rulesBroken(birth([0, 1], 1), visit(kind, [2, 5], 1), visit("write", [4, 6], 1))).toEqual([]);
    expect(rulesBroken(birth([0, 1], 1), visit(kind, [2, 3], 1), visit("read", [4, 5], 1))).toEqual(rule);
  });

  it("alive again after somebody found it dead", () => {
    expect(rulesBroken(birth([0, 1], 1), dead([2, 3], 1), visit("read", [4, 5], 1))).toEqual(rule);
    const refused = visit("update", [2, 3], 1, { outcome: "ended" });
    expect(rulesBroken(birth([0, 1], 1), refused, visit("read", [4, 5], 1))).toEqual(rule);
  });

  it("nobody knows of a logout without an answer", () => {
    const logout = visit("logout", [2, 3], 1, { outcome: "unknown" });
    expect(rulesBroken(birth([0, 1], 1), logout, visit("read", [4, 5], 1))).toEqual([]);
  });
});

describe("the old token is dead", () => {
  it.each(["login", "regenerate"] as const)("alive after an acknowledged %s", (kind) => {
    const moved = visit(kind, [2, 3], 1, { born: 2 });
    expect(rulesBroken(birth([0, 1], 1), moved, dead([4, 5], 1), visit("read", [4, 5], 2))).toEqual([]);
    expect(rulesBroken(birth([0, 1], 1), moved, visit("read", [4, 5], 1))).toEqual(["the old token is dead"]);
  });
});

describe("a list is exact", () => {
  const rule = ["a list is exact"];
  const ended = [birth([0, 1], 1), birth([0, 1], 2), visit("logout", [2, 3], 1)];

  it.each(["list", "listAtRest"] as const)("%s", (kind) => {
    const lives = visit("read", [6, 7], 2);
    expect(rulesBroken(...ended, call(kind, [4, 5], [2]), lives)).toEqual([]);
    expect(rulesBroken(...ended, call(kind, [4, 5], []), lives)).toEqual(rule);
    expect(rulesBroken(...ended, call(kind, [4, 5], [1, 2]), lives)).toEqual(rule);
    expect(rulesBroken(...ended, call(kind, [4, 5], [2, 2]), lives)).toEqual(rule);
  });

  it("of another user", () => {
    const other = visit("login", [0, 1], 0, { live: 0, born: 3, subject: 6 });
    expect(rulesBroken(other, call("list", [2, 3], [3]))).toEqual(rule);
  });

  it("what comes or goes meanwhile may be there or not", () => {
    const meanwhile = [birth([0, 1], 1), birth([2, 9], 2), visit("logout", [2, 9], 1)];
    for (const tokens of [[], [1], [2], [1, 2]])
      expect(rulesBroken(...meanwhile, call("list", [3, 8], tokens))).toEqual([]);
  });

  it("one that nobody was told of, at rest", () => {
    const unknown = visit("regenerate", [0, 1], 1, { outcome: "unknown" });
    expect(rulesBroken(call("list", [2, 3], [9]))).toEqual([]);
    expect(rulesBroken(call("listAtRest", [2, 3], [9]))).toEqual(rule);
    expect(rulesBroken(unknown, call("listAtRest", [2, 3], [9]))).toEqual([]);
  });

  it("says nothing where it failed", () => {
    expect(rulesBroken(...ended, call("list", [4, 5], [], "unknown"), visit("read", [6, 7], 2))).toEqual([]);
  });
});

describe("revokeAll leaves none", () => {
  const rule = ["revokeAll leaves none"];

  it("alive afterwards, though alive at its start", () => {
    const history = [birth([0, 1], 1), call("revokeAll", [2, 3])];
    expect(rulesBroken(...history, dead([4, 5], 1))).toEqual([]);
    expect(rulesBroken(...history, visit("read", [4, 5], 1))).toEqual(rule);
  });

  it("alive afterwards, regenerated from one that was alive at its start", () => {
    const history = [birth([0, 1], 1), call("revokeAll", [3, 6]), visit("regenerate", [2, 8], 1, { born: 2 })];
    expect(rulesBroken(...history, dead([9, 10], 2))).toEqual([]);
    expect(rulesBroken(...history, visit("read", [9, 10], 2))).toEqual(rule);
    const again = visit("regenerate", [8, 9], 2, { born: 3 });
    expect(rulesBroken(...history, again, visit("read", [10, 11], 3))).toContain(rule[0]);
  });

  it("leaves alone who logs in meanwhile, and other users", () => {
    const login = visit("login", [2, 8], 1, { born: 2 });
    const other = visit("login", [0, 1], 0, { live: 0, born: 3, subject: 6 });
    const alive = [visit("read", [9, 10], 2), visit("read", [9, 10], 3, { subject: 6 })];
    expect(rulesBroken(birth([0, 1], 1), other, login, call("revokeAll", [3, 6]), ...alive)).toEqual([]);
  });

  it("says nothing where it failed", () => {
    const failed = call("revokeAll", [2, 3], [], "unknown");
    expect(rulesBroken(birth([0, 1], 1), failed, visit("read", [4, 5], 1))).toEqual([]);
  });
});

it("a history is the same after it was sent as numbers", () => {
  const operations = [
    count([0, 1], 1),
    look([2, 3], 1),
    set([0, 1], -1, 1, "unknown"),
    visit("update", [4, 5], 2 ** 53 - 1, { outcome: "ended" }),
    call("list", [6, 7], [1, 2, 3]),
    call("revokeAll", [8, 9]),
  ];
  const history = new History();
  const recorder = new Recorder((batch) => history.add(batch));
  for (const operation of operations) recorder.record(operation);
  recorder.flush();
  expect([...history]).toEqual(operations);
  expect(history.size).toBe(operations.length);
});
