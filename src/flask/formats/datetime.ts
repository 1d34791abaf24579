import type { DateTime } from "../python/values.ts";

/** Python's years 1 to 9999, in seconds since the epoch. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;
/** From here on Python rounds up to the next second. */
const NANOS_ROUNDED_UP = 999_999_500;

/** Whether Python has such a moment, once it has rounded it to microseconds. */
export function isPythonTime(seconds: number, nanos: number): boolean {
  if (!Number.isInteger(seconds) || !Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999) return false;
  return seconds >= FIRST_SECOND && seconds + (nanos < NANOS_ROUNDED_UP ? 0 : 1) <= LAST_SECOND;
}

/** As msgspec writes it: `2024-02-29T12:34:56.789000`, then `Z` or an offset unless it is naive. `undefined`: not Python's. */
export function isoOf({ seconds, nanos, offset }: DateTime): string | undefined {
  const wall = seconds + (offset ?? 0);
  if (!isPythonTime(wall, nanos)) return undefined;
  const micros = Math.round(nanos / 1000);
  const text = new Date((wall + Math.floor(micros / 1e6)) * 1000).toISOString().slice(0, 19);
  const fraction = micros % 1e6 === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return text + fraction + (offset === undefined ? "" : zoneOf(offset));
}

/** To the nearest minute, half of one downwards. */
function zoneOf(offset: number): string {
  const minutes = Math.ceil((Math.abs(offset) - 30) / 60) % (24 * 60);
  if (minutes === 0) return "Z";
  return `${offset < 0 ? "-" : "+"}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
