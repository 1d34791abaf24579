import { ratioText, type Table } from "../tables.ts";
import { type Target, target } from "../targets.ts";
import type { Effort, Growth } from "./measure.ts";

/** What a run found. */
export interface GrowthReport {
  effort: Effort;
  targets: Target[];
  growth: Growth[];
}

/** Of an index that is a thousand times larger: a tree gets deeper, and caches hold less of it. */
const flat = 2;
const linear = 1.5;

export function reportOn(growth: readonly Growth[], effort: Effort): GrowthReport {
  return { effort, targets: [...flatTargets(growth), ...pruneTargets(growth)], growth: [...growth] };
}

function flatTargets(growth: readonly Growth[]): Target[] {
  const largest = Math.max(...growth.map(({ size }) => size));
  return growth
    .filter(({ operation, size }) => size === largest && !isPrune(operation))
    .map(({ operation, ofSmallest }) => {
      return target(`${operation} with ${thousands(largest)} sessions, of the first row`, "at most", flat, ofSmallest);
    });
}

/**
 * It takes as long as what it removes, and no longer because of what it leaves. Beside the row before: what is removed from
 * a table hardly larger than that is all on a few pages, and so is cheaper.
 */
function pruneTargets(growth: readonly Growth[]): Target[] {
  const prunes = Map.groupBy(
    growth.filter(({ operation }) => isPrune(operation)),
    ({ operation }) => operation,
  );
  const [few = [], many = []] = prunes.values();
  const [before, last] = few.slice(-2);
  const most = many.at(-1);
  if (!before || !last || !most) return [];
  const ofTenth = last.microseconds / before.microseconds;
  const ofFew = most.microseconds / last.microseconds;
  return [
    target(
      `prune with ${thousands(last.size)} sessions, of that with ${thousands(before.size)}`,
      "at most",
      flat,
      ofTenth,
    ),
    target(`${most.operation}, for each session, of ${last.operation}`, "at most", linear, ofFew),
  ];
}

const isPrune = (operation: string): boolean => operation.startsWith("prune");

/** A row for each size. Microseconds, and beside them how that compares with the first row. */
export function tableOf({ growth }: GrowthReport): Table {
  const operations = [...new Set(growth.map(({ operation }) => operation))];
  const sizes = [...new Set(growth.map(({ size }) => size))];
  const cell = (name: string, size: number): string => {
    const found = growth.find((one) => one.operation === name && one.size === size);
    return found ? `${found.microseconds.toFixed(0)} µs (${ratioText(found.ofSmallest)})` : "–";
  };
  return [
    ["sessions", ...operations],
    ...sizes.map((size) => [thousands(size), ...operations.map((name) => cell(name, size))]),
  ];
}

const thousands = (count: number): string => count.toLocaleString("en");
