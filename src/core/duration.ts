/** A span of time: a number of seconds, or a string such as `"30m"`, `"12h"`, `"14d"`. */
export type Duration = number | `${number}${"s" | "m" | "h" | "d"}`;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const FORMAT = /^(\d+(?:\.\d+)?)([smhd])$/;
/** A thousand years: whatever is longer is a mistake of units, and dates near the end of `Date` overflow. */
const LONGEST = 1000 * 365 * 86_400;

/** Milliseconds of a duration. Throws `TypeError`, naming `option`, for anything else than a positive span. */
export function milliseconds(duration: Duration, option: string): number {
  const match = typeof duration === "string" ? FORMAT.exec(duration) : null;
  const seconds = match ? Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] : duration;
  if (typeof seconds !== "number" || !(seconds > 0 && seconds <= LONGEST)) {
    throw new TypeError(`${option}: a positive number of seconds, or a string such as "30s", "15m", "12h" or "14d"`);
  }
  return Math.round(seconds * 1000);
}
