import { describe, expect, it } from "vitest";
import { type Mark, marksOf, storeOf, type TestResult } from "../../scripts/guarantees/marks.ts";
import type { Row } from "../../scripts/guarantees/rows.ts";
import { type StoreName, storeNames } from "../../scripts/guarantees/stores.ts";

const row: Row = {
  guarantee: "Nothing is lost",
  proofs: [
    { file: "test/stores/", titled: "races" },
    { file: "test/stress/", titled: "in the storm", except: ["memory"] },
  ],
  excused: { memcached: "it forgets" },
};

const suite = (store: StoreName, state: TestResult["state"] = "passed"): TestResult => ({
  file: `test/stores/${store}.test.ts`,
  titles: ["a client", "races", "of 32 creates one is done"],
  state,
});
const storm = (store: StoreName): TestResult => ({
  file: "test/stress/stress.test.ts",
  titles: [store, "in the storm", "nothing is lost"],
  state: "passed",
});
const all = storeNames.flatMap((store) => [suite(store), ...(store === "memory" ? [] : [storm(store)])]);

function markOf(store: StoreName, results: TestResult[]): { mark: Mark | undefined; errors: string[] } {
  const { rows, errors } = marksOf([row], results);
  return { mark: rows[0]?.marks[storeNames.indexOf(store)], errors };
}

describe("a mark", () => {
  it("stands where every proof has a test that passed", () => {
    const { rows, errors } = marksOf([row], all);
    expect(errors).toEqual([]);
    expect(rows[0]?.marks.map(({ kind }) => kind)).toEqual(
      storeNames.map((store) => (store === "memcached" ? "excused" : "held")),
    );
    expect(markOf("redis", all).mark).toEqual({ kind: "held", tests: 2 });
    expect(markOf("memory", all).mark).toEqual({ kind: "held", tests: 1 });
  });

  it("is lost with one test that fails", () => {
    const { mark, errors } = markOf("redis", [...all, suite("redis", "failed")]);
    expect(mark).toEqual({ kind: "broken", tests: 1 });
    expect(errors).toEqual([expect.stringContaining("Redis fails: a client > races > of 32")]);
  });

  it.each([
    ["no test", all.filter(({ titles }) => titles[0] !== "redis")],
    [
      "only a skipped one",
      all.map((test) => (test.titles[0] === "redis" ? { ...test, state: "skipped" as const } : test)),
    ],
  ])("is refused with %s for a proof", (_what, results) => {
    const { mark, errors } = markOf("redis", results);
    expect(mark).toEqual({ kind: "unproven" });
    expect(errors).toEqual(['Nothing is lost: no test of test/stress/ titled "in the storm" ran for redis']);
  });

  it("is refused where nothing is asked", () => {
    const { rows, errors } = marksOf([{ guarantee: "Empty", proofs: [] }], all);
    expect(rows[0]?.marks.map(({ kind }) => kind)).toEqual(storeNames.map(() => "unproven"));
    expect(errors).toHaveLength(storeNames.length);
  });
});

it.each<[file: string, titles: string[], store: StoreName | undefined]>([
  ["test/stores/redis.test.ts", ["file", "races"], "redis"],
  ["test/stores/redis-cluster.test.ts", ["redis 6, Cluster", "races"], "redis-cluster"],
  ["test/stores/redis-cluster.test.ts", ["redis 6, Sentinel", "races"], "redis-sentinel"],
  ["test/stores/sql-postgres.test.ts", ["a pool"], "postgres"],
  ["test/stores/cached.test.ts", ["memory before SQLite"], undefined],
  ["test/outage/restart.test.ts", ["postgres out, and back again", "killed"], "postgres"],
  ["test/outage/redis-failover.test.ts", ["Redis fails over", "Cluster, primary killed: none hangs"], "redis-cluster"],
  ["test/stress/stress.test.ts", ["redis-sentinel", "in the storm"], "redis-sentinel"],
  ["test/crash/kill.test.ts", ["file", "outlives kill -9 (CRASH_SEED=1)"], "file"],
  ["test/interleavings/entries.test.ts", ["filed under nothing"], undefined],
])("%s, %j is about %s", (file, titles, store) => {
  expect(storeOf({ file, titles })).toBe(store);
});
