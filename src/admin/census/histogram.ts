import { clock } from "../lib/text.ts";
import type { Sampled } from "./sample.ts";

/** One bar of a chart: how many, and what of. `short` is for where there is little room. */
export interface Bar {
  label: string;
  short: string;
  count: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Below which age, and how that is called. */
const AGES: [below: number, label: string, short: string][] = [
  [HOUR, "under an hour", "<1h"],
  [6 * HOUR, "1 to 6 hours", "6h"],
  [DAY, "6 to 24 hours", "1d"],
  [3 * DAY, "1 to 3 days", "3d"],
  [7 * DAY, "3 to 7 days", "7d"],
  [14 * DAY, "7 to 14 days", "14d"],
  [30 * DAY, "14 to 30 days", "30d"],
  [Number.POSITIVE_INFINITY, "over 30 days", "30d+"],
];

const SIZES: [below: number, label: string, short: string][] = [
  [100, "under 100 B", "<0.1"],
  [250, "100 to 250 B", "0.25"],
  [500, "250 to 500 B", "0.5"],
  [1000, "500 B to 1 kB", "1"],
  [2000, "1 to 2 kB", "2"],
  [4000, "2 to 4 kB", "4"],
  [16_000, "4 to 16 kB", "16"],
  [Number.POSITIVE_INFINITY, "over 16 kB", "16+"],
];

/** How long ago the sessions were made. */
export function byAge(sampled: readonly Sampled[], now: Date): Bar[] {
  const ages = sampled.flatMap(({ createdAt }) => (createdAt ? [now.getTime() - createdAt.getTime()] : []));
  return inClasses(ages, AGES);
}

export function bySize(sampled: readonly Sampled[]): Bar[] {
  return inClasses(
    sampled.map(({ size }) => size),
    SIZES,
  );
}

/** In which of the last 24 hours the sessions were last used; hours begin when the clock strikes. */
export function byHour(sampled: readonly Sampled[], now: Date): Bar[] {
  const hours = sampled.flatMap(({ lastUsedAt }) => (lastUsedAt ? [hourOf(lastUsedAt)] : []));
  return Array.from({ length: 24 }, (_, index) => {
    const hour = hourOf(now) - 23 + index;
    const [from, to] = [clock(new Date(hour * HOUR)), clock(new Date((hour + 1) * HOUR))];
    return { label: `${from} to ${to}`, short: from.slice(0, 2), count: hours.filter((one) => one === hour).length };
  });
}

function hourOf(date: Date): number {
  return Math.floor(date.getTime() / HOUR);
}

function inClasses(values: readonly number[], classes: [below: number, label: string, short: string][]): Bar[] {
  return classes.map(([below, label, short], index) => {
    const from = classes[index - 1]?.[0] ?? Number.NEGATIVE_INFINITY;
    return { label, short, count: values.filter((value) => value >= from && value < below).length };
  });
}
