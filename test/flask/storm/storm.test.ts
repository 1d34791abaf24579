/** Both applications at once on the same sessions: what is lost or comes back is Flask's doing, and never ours. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blindReplace, revivingReplace } from "../../stress/broken-stores.ts";
import { type BackendName, backends } from "../lib/backends.ts";
import { START } from "../together/places.ts";
import { RULES, type Rule } from "./check.ts";
import { type StormResult, storm } from "./storm.ts";

const SECONDS = process.env["CI"] === "true" ? 20 : 4;
const SEED = Math.floor(Math.random() * 2 ** 31);

const isTested = ({ updates, overwritten, quietEnds }: StormResult) =>
  updates > 100 && overwritten > 0 && quietEnds > 0;

const results: Partial<Record<BackendName, StormResult>> = {};
afterAll(() => {
  const rows = Object.entries(results).map(([backend, { violations, ...counts }]) => {
    return `${backend}: ${JSON.stringify(counts)}, ${violations.length} violations`;
  });
  console.log([`seed ${SEED}, ${SECONDS} s each`, ...rows].join("\n"));
});

describe.each(["redis", "postgres"] as const)("%s", (backend) => {
  describe.skipIf(!backends[backend].available)("under both applications", () => {
    let result: StormResult;
    beforeAll(async () => {
      result = await storm({ backend, seconds: SECONDS, enough: isTested, seed: SEED });
      results[backend] = result;
    }, START);

    it.each(RULES)("%s", (rule) => {
      expect(result.violations.filter((violation) => violation.rule === rule).slice(0, 3)).toEqual([]);
    });

    it("puts all of that to the test", () => {
      expect(result).toSatisfy(isTested);
    });

    it("Flask doesn't fail on what we wrote", () => {
      expect(result.failuresOfFlask).toBe(0);
    });
  });
});

describe.skipIf(!backends.redis.available)("notices", () => {
  const faults: [name: string, through: typeof blindReplace, breaks: Rule][] = [
    ["a store that compares nothing", blindReplace, RULES[0]],
    ["a store that brings back what was ended", revivingReplace, RULES[3]],
  ];
  it.each(faults)("%s", { timeout: START }, async (_name, through, breaks) => {
    const notices = ({ violations }: StormResult) => violations.some(({ rule }) => rule === breaks);
    expect(await storm({ backend: "redis", seconds: 1, enough: notices, seed: 1, through })).toSatisfy(notices);
  });
});
