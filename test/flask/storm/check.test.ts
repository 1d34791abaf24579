/** The check finds what it is there to find: each history that breaks a rule, beside one that Flask explains. */
import { expect, it } from "vitest";
import { check, RULES } from "./check.ts";
import type { Content, Visit } from "./history.ts";

/** From `start` to `end`. */
type Span = [start: number, end: number];

const content = (serial: string, more: Record<string, unknown> = {}, subject?: string): Content => ({
  subject,
  data: { owner: "user1", serial, ...more },
});
const visit = (by: Visit["by"], [start, end]: Span, more: Partial<Visit> = {}): Visit => ({
  by,
  start,
  end,
  status: 200,
  ...more,
});
const birth = visit("ours", [0, 1], { written: { serial: "root" } });
const update = (span: Span, parent: string, serial: string) => visit("ours", span, { written: { serial, parent } });
const flask = (span: Span, parent: string, serial: string, more: Partial<Visit> = {}) =>
  visit("flask", span, { written: { serial, parent }, left: content(serial), ...more });
const keep = (span: Span, value: string) => visit("ours", span, { kept: { key: "mine", value } });
const look = (span: Span, found?: Content) => visit("ours", span, found && { found });
const logout = (span: Span) => visit("ours", span, { ended: { what: "session", subject: "user1" } });
const USER: Visit["ended"] = { what: "login", subject: "user1" };

const last: Span = [98, 99];
const rules = (...visits: Visit[]) =>
  check({ visits: [birth, ...visits], elsewhere: [] }).violations.map(({ rule }) => rule);

it("two updates of one version", () => {
  const updates = [update([2, 3], "root", "a"), update([2, 4], "root", "b")];
  expect(rules(...updates, look(last, content("b")))).toContain(RULES[0]);
  expect(rules(update([2, 3], "root", "a"), update([2, 4], "a", "b"), look(last, content("b")))).toEqual([]);
});

it("an update that nobody overwrote", () => {
  expect(rules(update([2, 3], "root", "a"), look(last, content("root")))).toEqual([RULES[1]]);
  const late = [update([2, 3], "root", "a"), flask([1, 4], "root", "f"), look(last, content("f"))];
  expect(rules(...late)).toEqual([]);
  const early = [flask([1, 2], "root", "f"), update([3, 4], "root", "a"), look(last, content("f"))];
  expect(rules(...early)).toEqual([RULES[1]]);
});

it("a key that nobody set back", () => {
  const stale = content("root", { mine: "user1:1" });
  expect(rules(keep([2, 3], "user1:1"), keep([4, 5], "user1:2"), look(last, stale))).toEqual([RULES[2]]);
  const back = flask([3, 6], "root", "f", { left: content("f", { mine: "user1:1" }) });
  const seen = look(last, content("f", { mine: "user1:1" }));
  expect(rules(keep([2, 3], "user1:1"), keep([4, 5], "user1:2"), back, seen)).toEqual([]);
  const early = { ...back, start: 3, end: 3.5 };
  expect(rules(keep([2, 3], "user1:1"), keep([4, 5], "user1:2"), early, seen)).toEqual([RULES[2]]);
});

it("a session that came back by itself", () => {
  expect(rules(logout([2, 3]), look(last, content("root", {}, "user1")))).toEqual([RULES[3]]);
  expect(rules(logout([2, 3]), look(last))).toEqual([]);
  const back = [flask([1, 4], "root", "f"), logout([2, 3]), look(last, content("f", {}, "user1"))];
  expect(rules(...back)).toEqual([]);
  const before = [flask([1, 1.5], "root", "f"), logout([2, 3]), look(last, content("f", {}, "user1"))];
  expect(rules(...before)).toEqual([RULES[3]]);
  const after = [logout([2, 3]), flask([5, 6], "root", "f"), look(last, content("f", {}, "user1"))];
  expect(rules(...after)).toEqual([RULES[3]]);
});

it("a login that came back by itself", () => {
  const end = flask([2, 3], "root", "out", { ended: USER });
  expect(rules(end, look(last, content("out", {}, "user1")))).toEqual([RULES[3]]);
  expect(rules(end, look(last, content("out")))).toEqual([]);
  expect(rules(end, flask([1, 4], "root", "f"), look(last, content("f", {}, "user1")))).toEqual([]);
  expect(rules(end, flask([5, 6], "out", "f"), look(last, content("f", {}, "user1")))).toEqual([RULES[3]]);
});

it.each<[what: string, mixed: Content]>([
  ["a key of another's", content("root", { mine: "user2:1" }, "user1")],
  ["a serial of another's", content("user2:1", {}, "user1")],
  ["another's login", content("root", {}, "user2")],
])("%s", (_what, mixed) => {
  expect(check({ visits: [birth], elsewhere: [mixed] }).violations.map(({ rule }) => rule)).toEqual([RULES[4]]);
  expect(rules(visit("flask", [2, 3], { left: mixed }), look(last))).toEqual([RULES[4]]);
});

it("a failure of ours, and not one of Flask's or an end", () => {
  expect(rules(visit("ours", [2, 3], { status: 500 }), look(last))).toEqual([RULES[5]]);
  expect(rules(visit("ours", [2, 3], { status: 404 }), visit("flask", [2, 3], { status: 500 }), look(last))).toEqual(
    [],
  );
});
