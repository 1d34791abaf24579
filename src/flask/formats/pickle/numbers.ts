import { Buffer } from "node:buffer";
import { Float, type PyValue } from "../../python/values.ts";
import { MOST_DIGITS, MOST_INT_BYTES } from "./limits.ts";

const DECIMAL = /^[+-]?\d+$/;
const FLOATING = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NAMED: Record<string, number> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};
/** From here on Python writes a float with an exponent. */
const LARGE = 1e16;
const SMALL = 1e-4;

/** An int as its digits, or `undefined` if it isn't one. */
export function intFromText(text: string): number | bigint | undefined {
  if (text.length > MOST_DIGITS + 1 || !DECIMAL.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number + 0;
  const value = BigInt(text.replace(/^\+/, ""));
  return isBounded(value) ? value : undefined;
}

/** An int in two's complement, little-endian. */
export function intFromBytes(bytes: Buffer): number | bigint | undefined {
  if (bytes.length <= 6) return bytes.length === 0 ? 0 : bytes.readIntLE(0, bytes.length);
  if (bytes.length > MOST_INT_BYTES) return undefined;
  const hex = Buffer.from(bytes).reverse().toString("hex");
  return narrow(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)));
}

/** In as few bytes as hold the sign, too. */
export function intToBytes(value: bigint): Buffer {
  const bits = (value < 0n ? ~value : value).toString(2).length + 1;
  const length = Math.ceil(bits / 8);
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, "0"), "hex").reverse();
}

/** Whether Python reads and prints it. */
export function isBounded(value: bigint): boolean {
  return BigInt.asIntN(MOST_INT_BYTES * 8, value) === value;
}

/** A number wherever one is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A float as it stays one. */
export function floating(value: number): PyValue {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** What Python's `repr` prints of a float, or `undefined` if it isn't one. */
export function floatFromText(text: string): PyValue | undefined {
  if (Object.hasOwn(NAMED, text)) return NAMED[text];
  return FLOATING.test(text) ? floating(Number(text)) : undefined;
}

/** As Python's `repr` prints a float. */
export function floatToText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size < LARGE && (size >= SMALL || size === 0)) return Number.isInteger(value) ? `${value}.0` : `${value}`;
  return value.toExponential().replace(/(\d+)$/, (exponent) => exponent.padStart(2, "0"));
}
