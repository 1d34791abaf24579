/** The storm over every store, bounded: `npm run stress` is the long one. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlaceName, places } from "../../scripts/services/places.ts";
import { RULES, type Rule } from "../../scripts/stress/check.ts";
import { figuresOf, LEAST_IN_TIME, newReport, partInTime, tableOf } from "../../scripts/stress/report.ts";
import { runStress, type StressResult } from "../../scripts/stress/run.ts";

const OPERATIONS = process.env["CI"] === "true" ? 50_000 : 5_000;
const PATIENCE = 300_000;
/** Seconds. Five times the default: this test is to find who starves, and not how much else the machine has to do. */
const STORE_TIMEOUT = 10;
const SEED = Math.floor(Math.random() * 2 ** 31);

/** Without a list there is nothing to hold these two to. */
const NEED_LIST: readonly Rule[] = ["a list is exact", "revokeAll leaves none"];
const WITHOUT_LIST: readonly PlaceName[] = ["memcached"];

const report = newReport(SEED);
// One below the other, with the seed that brings this run back.
afterAll(() =>
  console.log(
    `seed ${SEED}\n${tableOf(report)
      .map((row) => row.join(" | "))
      .join("\n")}`,
  ),
);

describe.each(Object.keys(places) as PlaceName[])("%s", (name) => {
  const canList = !WITHOUT_LIST.includes(name);

  describe.skipIf(!places[name].available)("in the storm", () => {
    let result: StressResult;

    beforeAll(async () => {
      const place = await places[name].start();
      try {
        result = await runStress({
          url: place.url,
          operations: OPERATIONS,
          seed: SEED,
          storeTimeout: STORE_TIMEOUT,
          patience: PATIENCE,
        });
      } finally {
        await place.stop();
      }
      report.stores[name] = figuresOf(result);
    }, PATIENCE + 60_000);

    it.each(RULES.filter((rule) => canList || !NEED_LIST.includes(rule)))("%s", (rule) => {
      expect(result.violations.filter((violation) => violation.rule === rule).slice(0, 5)).toEqual([]);
    });

    it("updates are done in time", () => {
      expect(partInTime(result)).toBeGreaterThanOrEqual(LEAST_IN_TIME);
    });

    it("does all that was asked for", () => {
      expect(result.operations).toBeGreaterThanOrEqual(OPERATIONS);
      expect(result.without).toEqual(canList ? [] : ["list", "revokeAll"]);
    });
  });
});
