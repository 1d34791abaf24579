import { Float } from "../python/values.ts";

/** Python reads and writes no longer ints, and nor does msgspec: the time that they take grows with the square. */
const MOST_DIGITS = 4300;
/** As many digits as a float holds for sure. */
const SAFE_DIGITS = 15;

/** Whether msgspec writes a float that isn't whole as JavaScript does. */
export function isPlainFloat(value: number): boolean {
  const size = Math.abs(value);
  return size >= 1e-5 && size < 1e16;
}

/** A float as msgspec writes it, which is neither Python's nor JavaScript's way: 1.0, 1e16, 0.00001, 1e-6. */
export function textOfFloat(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (!isPlainFloat(value)) return value.toExponential().replace("+", "");
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `undefined`: Python won't read that many digits. */
export function textOfInt(value: number | bigint): string | undefined {
  const text = String(typeof value === "bigint" || Number.isSafeInteger(value) ? value : BigInt(value));
  return hasTooManyDigits(text) ? undefined : text === "-0" ? "0" : text;
}

/** Of digits, with or without a minus. `undefined`: Python won't read that many. */
export function intOf(text: string): number | bigint | undefined {
  // Adding zero, since an int knows no -0.
  if (text.length <= SAFE_DIGITS) return Number(text) + 0;
  if (hasTooManyDigits(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Of a number with a fraction or an exponent. `undefined`: larger than any float. */
export function floatOf(text: string): number | Float | undefined {
  const number = Number(text);
  if (Number.isInteger(number)) return new Float(number);
  return Number.isFinite(number) ? number : undefined;
}

function hasTooManyDigits(text: string): boolean {
  return text.length - (text.startsWith("-") ? 1 : 0) > MOST_DIGITS;
}
