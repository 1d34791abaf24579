import { Float, Markup, type PyValue } from "../python/values.ts";
import { textOfFloat, textOfInt } from "./tagged-json-text.ts";

const SURROGATE = /[\ud800-\udfff]/;

type Entry = [key: PyValue, value: PyValue];

/** In Python's order of text. */
export function sortedKeys(keys: string[]): string[] {
  return keys.some((key) => SURROGATE.test(key)) ? keys.sort(compareText) : keys.sort();
}

/** In Python's order of keys. `undefined`: it has none between text, numbers and None. */
export function sortedEntries(map: ReadonlyMap<PyValue, PyValue>): Entry[] | undefined {
  const ranked = [...map].map((entry) => ({ entry, rank: rankOf(entry[0]) }));
  const isAll = (is: (rank: PyValue) => boolean) => ranked.every(({ rank }) => is(rank));
  if (isAll(isText)) ranked.sort((a, b) => compareText(a.rank as string, b.rank as string));
  else if (isAll(isNumber)) ranked.sort((a, b) => compare(a.rank as number, b.rank as number));
  else if (ranked.length > 1) return undefined;
  return ranked.map(({ entry }) => entry);
}

/** What stands between the quotes. `undefined`: Python's json takes no such keys. */
export function textOfKey(key: PyValue): string | undefined {
  if (key instanceof Markup) return key.html;
  if (key instanceof Float) return textOfFloat(key.value);
  if (typeof key === "number" && !Number.isSafeInteger(key)) return textOfFloat(key);
  if (typeof key === "number" || typeof key === "bigint") return textOfInt(key);
  return key === null || typeof key !== "object" ? String(key) : undefined;
}

function rankOf(key: PyValue): PyValue {
  if (key instanceof Markup) return key.html;
  if (key instanceof Float) return key.value;
  return typeof key === "boolean" ? Number(key) : key;
}

function isText(rank: PyValue): boolean {
  return typeof rank === "string";
}

function isNumber(rank: PyValue): boolean {
  return typeof rank === "number" || typeof rank === "bigint";
}

/** By code points: beyond U+FFFF that isn't the order of JavaScript's units. */
function compareText(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return compare(left[at]?.codePointAt(0) ?? -1, right[at]?.codePointAt(0) ?? -1);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
