import { Buffer } from "node:buffer";
import { isDict } from "../python/from-js.ts";
import { DateTime, Markup, type PyDict, type PyValue, setKey, Tuple, Uuid } from "../python/values.ts";
import { DEEPEST } from "./format.ts";

type Read = (body: PyValue) => PyValue | undefined;

/** Flask's, in its order. Each begins with a space. */
const TAGS: ReadonlyMap<string, Read> = new Map<string, Read>([
  [" di", dictOf],
  [" t", (body) => (Array.isArray(body) ? Tuple.from(body) : undefined)],
  [" b", bytesOf],
  [" m", (body) => (typeof body === "string" ? new Markup(body) : undefined)],
  [" u", (body) => (typeof body === "string" && UUID.test(body) ? new Uuid(body) : undefined)],
  [" d", dateTimeOf],
]);

const UUID = /^(?:[0-9a-f]-?){32}$/i;
const HTTP_DATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Whether a dict of this one key would be taken for a tagged value. */
export function isTag(key: string): boolean {
  return TAGS.has(key);
}

/**
 * What a parsed text stands for, in the very objects that were parsed. `undefined` for a tag with a body that Flask doesn't
 * write, and for too deep a text.
 */
export function untag(value: PyValue, depth = 0): PyValue | undefined {
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return undefined;
  if (Array.isArray(value)) return untagItems(value, depth);
  return isDict(value) ? untagDict(value, depth) : value;
}

function untagItems(items: PyValue[], depth: number): PyValue | undefined {
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as PyValue;
    if (typeof item !== "object" || item === null) continue;
    const untagged = untag(item, depth + 1);
    if (untagged === undefined) return undefined;
    items[index] = untagged;
  }
  return items;
}

function untagDict(dict: PyDict, depth: number): PyValue | undefined {
  const keys = Object.keys(dict);
  for (const key of keys) {
    const item = dict[key] as PyValue;
    if (typeof item !== "object" || item === null) continue;
    const untagged = untag(item, depth + 1);
    if (untagged === undefined) return undefined;
    if (untagged !== item) setKey(dict, key, untagged);
  }
  const [tag] = keys;
  const read = keys.length === 1 && tag !== undefined ? TAGS.get(tag) : undefined;
  return read === undefined ? dict : read(dict[tag as string] as PyValue);
}

/** A dict of one key that looks like a tag. */
function dictOf(body: PyValue): PyDict | undefined {
  if (!isDict(body)) return undefined;
  const [key, ...others] = Object.keys(body);
  if (key === undefined || others.length > 0 || !key.endsWith("__")) return undefined;
  const dict: PyDict = {};
  setKey(dict, key.slice(0, -2), body[key] as PyValue);
  return dict;
}

function bytesOf(body: PyValue): Uint8Array | undefined {
  if (typeof body !== "string") return undefined;
  const bytes = Buffer.from(body, "base64");
  return bytes.toString("base64") === body ? new Uint8Array(bytes) : undefined;
}

/** None, as in Flask, for text that isn't a date. */
function dateTimeOf(body: PyValue): DateTime | null | undefined {
  if (typeof body !== "string") return undefined;
  const [, day = "", month = "", year = "", time = ""] = HTTP_DATE.exec(body) ?? [];
  const date = `${day} ${month} ${fullYear(year)} ${time} GMT`;
  const [hour, minute, second] = time.split(":").map(Number);
  const moment = new Date(Date.UTC(Number(fullYear(year)), MONTHS.indexOf(month), Number(day), hour, minute, second));
  // There is no 31 February.
  return moment.toUTCString().endsWith(`, ${date}`) ? new DateTime(moment.getTime() / 1000, 0, 0) : null;
}

/** Python takes a year below 100 for one of two digits. */
function fullYear(year: string): string {
  const full = Number(year) < 69 ? Number(year) + 2000 : Number(year) < 100 ? Number(year) + 1900 : Number(year);
  return String(full).padStart(4, "0");
}
