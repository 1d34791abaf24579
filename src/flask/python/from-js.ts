import { isDeepStrictEqual } from "node:util";
import { sameBytes } from "../../core/record.ts";
import { DEEPEST } from "../formats/format.ts";
import { type Path, unwritable } from "../formats/path.ts";
import { toJs } from "./to-js.ts";
import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  FrozenSet,
  Markup,
  type PyDict,
  type PyValue,
  setKey,
  Text,
  Tuple,
  Uuid,
} from "./values.ts";

/** What an application got from us without being able to read it. */
const OPAQUE = [Uuid, Markup, Float, Text, DateTime, ByteArray, Extension];

/**
 * An application's value as Python shall find it. `base` is what stood at that place before: as far as the value is what
 * the application was given then, it stays what it was in Python (1.0 a float, a naive datetime naive, a frozenset frozen).
 * Throws `ERR_ENCODE`, naming the path, for what has no Python form. `undefined` in an object is as if it weren't there.
 */
export function fromJs(value: unknown, base?: PyValue, path: Path = []): PyValue {
  switch (typeof value) {
    case "string":
      return base instanceof Text && base.text === value ? base : value;
    case "boolean":
      return value;
    case "number":
      return numberFromJs(value, base);
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "object":
      if (value === null) return value;
      if (path.length >= DEEPEST) {
        throw unwritable(path.slice(0, 1), `is nested deeper than ${DEEPEST} levels, or contains itself`);
      }
      return objectFromJs(value, base, path);
    default:
      throw unwritable(path, `${typeof value === "undefined" ? "undefined" : `a ${typeof value}`} has no Python form`);
  }
}

/** A dict's items, those that are still there in the order of `base`, which JavaScript may not have kept. */
export function dictFromJs(value: object, base: PyDict | undefined, path: Path): PyDict {
  const dict: PyDict = {};
  const set = (key: string) => {
    const item = (value as PyDict)[key];
    if (item === undefined) return;
    path.push(key);
    setKey(dict, key, fromJs(item, baseOf(base, key), path));
    path.pop();
  };
  for (const key of Object.keys(base ?? {})) if (Object.hasOwn(value, key)) set(key);
  for (const key of Object.keys(value)) if (!Object.hasOwn(dict, key)) set(key);
  return dict;
}

function numberFromJs(value: number, base: PyValue | undefined): PyValue {
  if (base instanceof Float && Object.is(base.value, value)) return base;
  const isInt = Number.isSafeInteger(value) && !Object.is(value, -0);
  return isInt || !Number.isInteger(value) ? value : new Float(value);
}

function objectFromJs(value: object, base: PyValue | undefined, path: Path): PyValue {
  if (Array.isArray(value)) return arrayFromJs(value, base, path);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return dictFromJs(value, isDict(base) ? base : undefined, path);
  }
  if (value instanceof Date) return dateFromJs(value, base, path);
  if (value instanceof Uint8Array) return base instanceof ByteArray && sameBytes(base.bytes, value) ? base : value;
  if (value instanceof Set) return setFromJs(value, base, path);
  if (value instanceof Map) return mapFromJs(value, base, path);
  if (OPAQUE.some((kind) => value instanceof kind)) return value as PyValue;
  throw unwritable(path, `${nameOf(value)} has no Python form: store plain data`);
}

function arrayFromJs(array: unknown[], base: PyValue | undefined, path: Path): PyValue[] {
  const isTuple = array instanceof Tuple;
  const before = Array.isArray(base) && base instanceof Tuple === isTuple ? base : [];
  const items: PyValue[] = isTuple ? new Tuple() : [];
  for (let index = 0; index < array.length; index++) {
    path.push(index);
    items.push(fromJs(array[index], before[index], path));
    path.pop();
  }
  if (Object.keys(array).length > array.length) throw unwritable(path, "an array with keys of its own");
  return items;
}

function setFromJs(set: Set<unknown>, base: PyValue | undefined, path: Path): PyValue {
  const find = finderIn(base instanceof Set ? [...base] : []);
  const items = [...set].map((item) => fromJs(item, find(item), path));
  return base instanceof FrozenSet ? new FrozenSet(items) : new Set(items);
}

function mapFromJs(map: Map<unknown, unknown>, base: PyValue | undefined, path: Path): PyValue {
  const before = base instanceof Map ? base : new Map<PyValue, PyValue>();
  const find = finderIn([...before.keys()]);
  const entries = [...map].map(([key, value]): [PyValue, PyValue] => {
    const keyBefore = find(key);
    path.push(String(key));
    const entry: [PyValue, PyValue] = [
      fromJs(key, keyBefore, path),
      fromJs(value, keyBefore === undefined ? undefined : before.get(keyBefore), path),
    ];
    path.pop();
    return entry;
  });
  return new Map(entries);
}

function dateFromJs(date: Date, base: PyValue | undefined, path: Path): PyValue {
  const time = date.getTime();
  if (Number.isNaN(time)) throw unwritable(path, "an invalid Date");
  if (base instanceof DateTime) {
    const before = toJs(base);
    if (before instanceof Date && before.getTime() === time) return base;
  }
  const seconds = Math.floor(time / 1000);
  return new DateTime(seconds, (time - seconds * 1000) * 1e6, 0);
}

/**
 * Tells which of `candidates` the application saw as a value. It looks first behind the one that it found last: what is in
 * the order in which it was read takes one look each.
 */
function finderIn(candidates: PyValue[]): (value: unknown) => PyValue | undefined {
  const seen = candidates.map(toJs);
  let next = 0;
  return (value) => {
    for (let step = 0; step < seen.length; step++) {
      const index = (next + step) % seen.length;
      if (!isDeepStrictEqual(seen[index], value)) continue;
      next = index + 1;
      return candidates[index];
    }
    return undefined;
  };
}

function baseOf(base: PyDict | undefined, key: string): PyValue | undefined {
  return base !== undefined && Object.hasOwn(base, key) ? base[key] : undefined;
}

export function isDict(value: PyValue | undefined): value is PyDict {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && /^[\w$]{1,40}$/.test(name) ? `an instance of ${name}` : "this object";
}
