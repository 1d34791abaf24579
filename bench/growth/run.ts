import { pin } from "../pin.ts";
import { hosted } from "../place.ts";
import { type StoreName, stores } from "../plan.ts";
import { progress } from "../progress.ts";
import { targetLines } from "../report.ts";
import { keep, kept } from "../results.ts";
import type { Options } from "../run.ts";
import { isAvailable, moduleOf } from "../stores/index.ts";
import type { StoreModule } from "../stores/store.ts";
import { plain } from "../tables.ts";
import { fill } from "./filled.ts";
import { type Effort, type Growth, measure } from "./measure.ts";
import type { Filled } from "./operations.ts";
import { type GrowthReport, reportOn, tableOf } from "./report.ts";

const smallest = 1000;
const sizes = [smallest, 10_000, 100_000, 1_000_000];
const thorough: Effort = { rounds: 21, calls: 200, expired: [1000, 10_000], pruneRounds: 3 };
const quick: Effort = { rounds: 3, calls: 50, expired: [100, 1000], pruneRounds: 1 };

/** A stand-in's figures would say nothing of MongoDB; memory and cookies are no place for a million sessions. */
const measured: readonly StoreName[] = stores.filter((store) => !["mongodb", "memory", "cookie"].includes(store));

const fileOf = (store: StoreName): string => `growth-${store}`;

/** How the cost of a store's calls grows: prints a table for each, and keeps it. */
export async function run({ only, quick: isQuick, upTo }: Options): Promise<void> {
  const unknown = only.find((word) => !measured.some((store) => store === word));
  if (unknown !== undefined) throw new TypeError(`--only: "${unknown}" is none of ${measured.join(", ")}`);
  if (upTo !== undefined && upTo < smallest) throw new TypeError(`--up-to: ${smallest} or more`);
  const effort = isQuick ? quick : thorough;
  for (const store of measured.filter((name) => only.length === 0 || only.includes(name))) {
    const limit = upTo ?? (isQuick ? 10_000 : Number.POSITIVE_INFINITY);
    const module = await moduleOf(store);
    if (!module || !(await isAvailable(store))) continue;
    const chosen = sizes.filter((size) => size <= limit);
    const growth = await withAll(module, chosen, [], (step) => progress(`${store} · ${step}`), effort);
    const report = reportOn(growth, effort);
    progress("");
    process.stdout.write(`${store}\n${plain(tableOf(report))}\n${targetLines(report.targets)}\n\n`);
    if (!isQuick && upTo === undefined) keep(fileOf(store), report);
  }
}

/** The last report on a store that was kept. */
export const growthKept = (store: StoreName): GrowthReport | undefined => kept<GrowthReport>(fileOf(store));

/** Each size has a server of its own, so that nothing of one can be felt in another. */
async function withAll(
  module: StoreModule,
  [size, ...more]: readonly number[],
  filled: readonly Filled[],
  step: (what: string) => void,
  effort: Effort,
): Promise<Growth[]> {
  if (size === undefined) {
    pin(process.pid, "server");
    return await measure(filled, effort, step);
  }
  pin(process.pid, "other");
  return await hosted(module, async (place) => {
    const { store, close } = await module.dewar(place);
    try {
      await fill(store, size, (done) => step(`${done} of ${size}`));
      await module.settle?.(place);
      return await withAll(module, more, [...filled, { store, size }], step, effort);
    } finally {
      await close();
    }
  });
}
