import { AGES, type Bin, type Class, Histogram, SIZES } from "../../inspect/histogram.ts";
import { clock } from "../lib/text.ts";
import type { Sampled } from "./sample.ts";

const HOUR = 3_600_000;

/** How long ago the sessions were made. */
export function byAge(sampled: readonly Sampled[], now: Date): Bin[] {
  return counted(
    sampled.flatMap(({ createdAt }) => (createdAt ? [now.getTime() - createdAt.getTime()] : [])),
    AGES,
  );
}

export function bySize(sampled: readonly Sampled[]): Bin[] {
  return counted(
    sampled.map(({ size }) => size),
    SIZES,
  );
}

/** In which of the last 24 hours the sessions were last used; hours begin when the clock strikes. */
export function byHour(sampled: readonly Sampled[], now: Date): Bin[] {
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

function counted(values: readonly number[], classes: readonly Class[]): Bin[] {
  const histogram = new Histogram(classes);
  for (const value of values) histogram.add(value);
  return histogram.bins;
}
