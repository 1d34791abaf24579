import { type Effort, type Measurement, measure } from "./measure.ts";
import { plan, type StoreName } from "./plan.ts";
import { progress } from "./progress.ts";
import { type Report, reportOn, toText } from "./report.ts";
import { keep, kept, type Machine } from "./results.ts";
import type { Options } from "./run.ts";
import { isAvailable } from "./stores/index.ts";

const thorough: Effort = { rounds: 11, requests: 800, warmup: 3000 };
const quick: Effort = { rounds: 5, requests: 400, warmup: 500 };

const fileOf = (store: StoreName): string => `requests-${store}`;

/** What sessions cost a request: prints tables store by store, and keeps the report on each that is complete. */
export async function run({ only, quick: isQuick, rate }: Options): Promise<void> {
  const effort: Effort = { ...(isQuick ? quick : thorough), ...(rate === undefined ? {} : { pace: rate }) };
  const complete = Map.groupBy(plan([]), ({ store }) => store);
  for (const [store, groups] of Map.groupBy(plan(only), (group) => group.store)) {
    if (!(await isAvailable(store))) continue;
    const all: Measurement[] = [];
    for (const group of groups) all.push(...(await measure(group, { effort, progress })));
    const report = reportOn(all, effort);
    progress("");
    process.stdout.write(`${toText(report)}\n\n`);
    const isComplete = !isQuick && rate === undefined && isSame(groups, complete.get(store));
    if (isComplete) keep(fileOf(store), report);
  }
}

/** The last complete report on a store. */
export const reportKept = (store: StoreName): (Report & Machine) | undefined => kept<Report>(fileOf(store));

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
