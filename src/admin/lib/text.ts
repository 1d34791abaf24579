/** Controls, marks that turn or hide what stands beside them, and halves of characters: what could make a text lie. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** A text from outside as it may be shown: what can't be seen is written out, and what is too long is cut. */
export function visible(text: string, longest = 300): string {
  const start = text.slice(0, longest);
  const cut = text.length > start.length ? ` … (${count(text.length - start.length)} more characters)` : "";
  return start.replace(UNSEEN, spelled) + cut;
}

function spelled(character: string): string {
  if (character === "\n") return "⏎";
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

const numbers = new Intl.NumberFormat("en");

/** With separators: 1,234,567. */
export function count(number: number): string {
  return numbers.format(number);
}

/** `1 session`, `2 sessions`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** To three digits: an estimate that shows more would claim to know more. */
export function rounded(number: number): number {
  return Number(number.toPrecision(3));
}

/** 300 B, 1.2 kB, 64 kB. In units of 1,000 bytes. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  const thousands = size / 1000;
  return thousands < 1000 ? `${short(thousands)} kB` : `${short(thousands / 1000)} MB`;
}

function short(number: number): string {
  return number < 10 ? number.toFixed(1) : count(Math.round(number));
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
  const span = plural(Math.floor(Math.abs(seconds) / length), name);
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
