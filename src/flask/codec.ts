import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import type { Codec, Flash, SessionRecord } from "../codec.ts";
import type { Format } from "./formats/format.ts";
import { dictFromJs, fromJs, isDict } from "./python/from-js.ts";
import { toJs } from "./python/to-js.ts";
import { type PyDict, type PyValue, setKey, Tuple } from "./python/values.ts";

/** The names that Flask and Flask-Login give to what a record holds beside the application's data. */
const RESERVED = ["_permanent", "_user_id", "_flashes"] as const;
type Reserved = (typeof RESERVED)[number];
const MOST_SUBJECT_BYTES = 255;

/**
 * A record as Flask keeps it: one dict, with `_permanent`, `_flashes` and Flask-Login's `_user_id` among the application's
 * keys, and nothing of ours. Reads what any of `readable` does; writes `writable`, whatever stood there before.
 */
export function flaskCodec(writable: Format, readable: readonly Format[]): Codec {
  const read = (bytes: Uint8Array): FlaskDict | undefined => {
    for (const format of readable) {
      const value = format.read(bytes);
      if (value !== undefined) return flaskDict(value, format);
    }
    return undefined;
  };
  return {
    encode(record, over) {
      const before = over && read(over);
      const values = toPython(record, before);
      try {
        return writable.write(values);
      } catch (error) {
        // What was pickled once (a Markup) and has no place in the newer format stays pickled, rather than fail for ever.
        if (before === undefined || before.format === writable) throw error;
        return before.format.write(values);
      }
    },
    decode(bytes) {
      const found = read(bytes);
      return found && toRecord(found.dict);
    },
    same: isDeepStrictEqual,
  };
}

/** A session's dict, by the text of its keys; `keys`: those that aren't text in Python. */
export interface FlaskDict {
  format: Format;
  dict: PyDict;
  keys: ReadonlyMap<string, PyValue>;
}

/** Only a dict is a session. */
export function flaskDict(value: PyValue, format: Format): FlaskDict | undefined {
  if (isDict(value)) return { format, dict: value, keys: new Map() };
  if (!(value instanceof Map)) return undefined;
  const dict: PyDict = {};
  const keys = new Map<string, PyValue>();
  for (const [key, item] of value) {
    const text = typeof key === "string" ? key : String(toJs(key));
    if (text !== key && (value.has(text) || keys.has(text))) continue;
    if (text !== key) keys.set(text, key);
    setKey(dict, text, item);
  }
  return { format, dict, keys };
}

function toRecord(dict: PyDict): SessionRecord {
  const { _permanent, _user_id, _flashes, ...rest } = dict as Partial<Record<Reserved, PyValue>> & PyDict;
  const record: SessionRecord = { data: toJs(rest) as Record<string, unknown>, permanent: _permanent === true };
  const subject = subjectOf(_user_id);
  if (subject !== undefined) record.subject = subject;
  const flashes = flashesOf(_flashes);
  if (flashes !== undefined && flashes.length > 0) record.flashes = flashes;
  return record;
}

function toPython(record: SessionRecord, base: FlaskDict | undefined): PyDict | Map<PyValue, PyValue> {
  for (const key of RESERVED) {
    if (Object.hasOwn(record.data, key)) throw new TypeError(`session.${key}: this name is reserved; choose another`);
  }
  const before = base?.dict ?? {};
  const values = { ...reservedOf(record, before), ...dictFromJs(record.data, before, []) };
  const keys = Object.keys(values);
  // In the order in which they stood, so that what didn't change is the same bytes.
  const ordered = [...Object.keys(before).filter((key) => Object.hasOwn(values, key)), ...keys];
  if (base !== undefined && base.keys.size > 0) {
    return new Map(
      ordered.map((key) => [base.keys.has(key) ? (base.keys.get(key) as PyValue) : key, values[key] as PyValue]),
    );
  }
  const dict: PyDict = {};
  for (const key of ordered) setKey(dict, key, values[key] as PyValue);
  return dict;
}

function reservedOf({ permanent, subject, flashes = [] }: SessionRecord, before: PyDict): PyDict {
  const reserved: PyDict = {};
  const [permanentBefore, userBefore, flashesBefore] = RESERVED.map((key) => own(before, key));
  // Flask writes False only over True: a session that was never permanent has no such key.
  if (permanent) reserved["_permanent"] = true;
  else if (permanentBefore !== undefined) reserved["_permanent"] = false;
  // What we can't read in them is left as it is.
  if (subject === undefined) setUnlessRead(reserved, "_user_id", userBefore, subjectOf(userBefore));
  else reserved["_user_id"] = subjectOf(userBefore) === subject ? (userBefore as PyValue) : subject;
  if (flashes.length === 0) setUnlessRead(reserved, "_flashes", flashesBefore, flashesOf(flashesBefore));
  else {
    const pairs = Array.isArray(flashesBefore) ? flashesBefore : [];
    reserved["_flashes"] = flashes.map((flash, index) => toPair(flash, pairs[index], index));
  }
  return reserved;
}

function setUnlessRead(reserved: PyDict, key: Reserved, before: PyValue | undefined, read: unknown): void {
  if (before !== undefined && read === undefined) reserved[key] = before;
}

/** Flask-Login's user ids are text; an application's own may be numbers. */
function subjectOf(value: PyValue | undefined): string | undefined {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  if (typeof text !== "string" || text === "" || text.includes("\0") || !text.isWellFormed()) return undefined;
  return Buffer.byteLength(text) <= MOST_SUBJECT_BYTES ? text : undefined;
}

function flashesOf(value: PyValue | undefined): Flash[] | undefined {
  if (!Array.isArray(value) || !value.every(isPair)) return undefined;
  return value.map(([category, message]) => ({ category, message: toJs(message) }));
}

function toPair({ category, message }: Flash, base: PyValue | undefined, index: number): PyValue {
  const before = isPair(base) ? base[1] : undefined;
  const pair: PyValue[] = [category, fromJs(message, before, ["_flashes", index, 1])];
  // A tuple, as Flask writes it; where it was read as a list, which Flask takes too, it stays one.
  return Array.isArray(base) && !(base instanceof Tuple) ? pair : Tuple.from(pair);
}

function isPair(value: PyValue | undefined): value is [string, PyValue] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string";
}

function own(dict: PyDict, key: string): PyValue | undefined {
  return Object.hasOwn(dict, key) ? dict[key] : undefined;
}
