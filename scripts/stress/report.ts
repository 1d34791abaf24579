import { cpus } from "node:os";
import type { Rule } from "./check.ts";
import { SLOTS, type StressResult, WORKERS } from "./run.ts";

/** At least this part of all updates must be done before `storeTimeout`. */
export const LEAST_IN_TIME = 0.999;

/** What `--json` prints, and what `docs/guarantees.md` is made from. */
export interface StressReport {
  date: string;
  node: string;
  cores: number;
  seed: number;
  processes: number;
  /** Requests in flight in each process. */
  inFlight: number;
  stores: Record<string, StoreFigures>;
}

/** One store's figures. */
export interface StoreFigures extends Omit<StressResult, "violations"> {
  violations: Partial<Record<Rule, number>>;
}

export function newReport(seed: number): StressReport {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: cpus().length,
    seed,
    processes: WORKERS,
    inFlight: SLOTS,
    stores: {},
  };
}

export function figuresOf({ violations, ...figures }: StressResult): StoreFigures {
  const counts: Partial<Record<Rule, number>> = {};
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1;
  return { ...figures, violations: counts };
}

/** What part of the updates was done before `storeTimeout`. */
export function partInTime({ updates }: Pick<StoreFigures, "updates">): number {
  const [done, begun] = [sum(updates.map((update) => update.done)), sum(updates.map((update) => update.begun))];
  return begun === 0 ? 1 : done / begun;
}

export function holds(figures: StoreFigures): boolean {
  return Object.keys(figures.violations).length === 0 && partInTime(figures) >= LEAST_IN_TIME;
}

const COLUMNS = ["store", "operations", "a second", "violations", "updates in time", "retries"];

/** The figures as rows of cells, headed. */
export function tableOf({ stores }: StressReport): string[][] {
  const [first] = Object.values(stores);
  const levels =
    first?.updates.map(
      ({ sessions }) => `p50 / p99 on ${sessions.toLocaleString("en")} session${sessions === 1 ? "" : "s"}`,
    ) ?? [];
  return [[...COLUMNS, ...levels], ...Object.entries(stores).map(([store, figures]) => rowOf(store, figures))];
}

function rowOf(store: string, figures: StoreFigures): string[] {
  const { operations, seconds, violations, retries, updates } = figures;
  return [
    store,
    operations.toLocaleString("en"),
    Math.round(operations / seconds).toLocaleString("en"),
    String(sum(Object.values(violations))),
    // Never rounded up to what it isn't.
    `${(Math.floor(partInTime(figures) * 100_000) / 1000).toFixed(3)} %`,
    retries.toLocaleString("en"),
    ...updates.map(({ p50, p99 }) => `${milliseconds(p50)} / ${milliseconds(p99)} ms`),
  ];
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
