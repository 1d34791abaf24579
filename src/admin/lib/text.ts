import { clean } from "../../inspect/clean.ts";
import { count, counted } from "../../inspect/words.ts";

/** A text from outside as it may be shown: what can't be seen is written out, and what is too long is cut. */
export function visible(text: string, longest = 300): string {
  const rest = text.length - longest;
  return clean(text.slice(0, longest)) + (rest > 0 ? ` … (${count(rest)} more characters)` : "");
}

/** To three digits: an estimate that shows more would claim to know more. */
export function rounded(number: number): number {
  return Number(number.toPrecision(3));
}

const UNITS: [name: string, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How far a time is from now, in the largest unit that fits: `3 hours ago`, `in 12 days`. */
export function distance(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const [name, length] = UNITS.find(([, unit]) => Math.abs(seconds) >= unit) ?? ["moment", 60];
  if (name === "moment") return seconds > 0 ? "in a moment" : "just now";
  const span = counted(Math.floor(Math.abs(seconds) / length), name);
  return seconds > 0 ? `in ${span}` : `${span} ago`;
}

/** `2026-03-01 14:05 UTC`: the server can't know the reader's time zone. */
export function utc(date: Date): string {
  return isTime(date) ? `${date.toISOString().slice(0, 16).replace("T", " ")} UTC` : "an impossible time";
}

/** `14:05`. */
export function clock(date: Date): string {
  return date.toISOString().slice(11, 16);
}

/** What is read from a store may be a date that no calendar has. */
export function isTime(date: Date | undefined): date is Date {
  return date !== undefined && Math.abs(date.getTime()) <= 8.64e15;
}
