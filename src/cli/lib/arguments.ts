import { InvalidArgumentError } from "commander";
import { type Duration, milliseconds } from "../../core/duration.ts";

/** Reads `--limit 20` and the like. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,15}$/.test(text) || number < 1) throw new InvalidArgumentError("It takes a whole number from 1.");
  return number;
}

/** Reads `--port 8080`. */
export function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new InvalidArgumentError("It takes a port, from 0 to 65535.");
  return number;
}

/** Reads `--lifetime 30d`: a number of seconds, or one with a unit. Yields what options of a manager take. */
export function duration(text: string): Duration {
  const value = /^\d+$/.test(text) ? Number(text) : (text as Duration);
  try {
    milliseconds(value, "");
    return value;
  } catch {
    throw new InvalidArgumentError('It takes a span of time, such as "30m", "12h" or "14d".');
  }
}
