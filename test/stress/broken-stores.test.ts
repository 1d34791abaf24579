/** The storm finds what it is there to find, in real processes on a real store. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Rule } from "../../scripts/stress/check.ts";
import { runStress } from "../../scripts/stress/run.ts";
import type * as faults from "./broken-stores.ts";

const expected: [fault: keyof typeof faults, breaks: Rule[]][] = [
  ["blindReplace", ["no acknowledged update is lost", "no acknowledged key is lost"]],
  ["revivingReplace", ["what ended stays ended"]],
  ["lateRead", ["what ended stays ended", "the old token is dead", "revokeAll leaves none"]],
  ["lackingList", ["a list is exact", "revokeAll leaves none"]],
];

/** A small storm meets some faults once or twice only, and by chance not at all. */
const MOST_STORMS = 8;

it.each(expected)("notices a store with a %s", { timeout: MOST_STORMS * 60_000 }, async (fault, breaks) => {
  const unseen = new Set<Rule>(breaks);
  for (let seed = 1; seed <= MOST_STORMS && unseen.size > 0; seed++) {
    for (const rule of await brokenIn(fault, seed)) unseen.delete(rule);
  }
  expect([...unseen]).toEqual([]);
});

async function brokenIn(fault: keyof typeof faults, seed: number): Promise<Rule[]> {
  const folder = await mkdtemp(join(tmpdir(), "dewar-stress-"));
  try {
    const { violations } = await runStress({
      url: `sqlite:${join(folder, "sessions.sqlite")}`,
      operations: 4000,
      seed,
      workers: 3,
      through: { module: new URL("broken-stores.ts", import.meta.url).href, name: fault },
      patience: 50_000,
    });
    return violations.map(({ rule }) => rule);
  } finally {
    await rm(folder, { recursive: true });
  }
}
