/** A string whose JSON is itself, in quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;
const NOT_ASCII = /[\x7f-\uffff]/g;
/** Python's own limit. */
const MOST_DIGITS = 4300;
/** The powers of ten between which Python writes a float without an exponent. */
const LOWEST = -4;
const HIGHEST = 15;

/** A string as Python's json writes it: in ASCII. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** `undefined` for one that Python refuses to write. */
export function textOfInt(value: number | bigint): string | undefined {
  const text = String(value);
  return text.length <= MOST_DIGITS + (value < 0 ? 1 : 0) ? text : undefined;
}

/** Python's repr: the digits are JavaScript's, the point and the exponent aren't. */
export function textOfFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const [digits, power] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < LOWEST || exponent > HIGHEST) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
