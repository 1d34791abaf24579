import { ByteArray, DateTime, Float, type PyDict, type PyValue, setKey, Text, Tuple } from "./values.ts";

/** What a `Date` reaches, in milliseconds. */
const LAST_MOMENT = 8.64e15;

/**
 * A Python value as an application sees it: numbers for floats, `Date` for a datetime (to the millisecond; a naive one is
 * UTC, as Flask takes it), `Set` for sets, text for dates, times, durations and decimals. What JavaScript has no value for
 * stays the opaque object that it is. Plain data is returned as it is, not copied; bytes are copies.
 */
export function toJs(value: PyValue): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return arrayToJs(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return dictToJs(value as PyDict);
  if (value instanceof Float) return value.value;
  if (value instanceof Text) return value.text;
  if (value instanceof DateTime) return dateToJs(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ByteArray) return new Uint8Array(value.bytes);
  if (value instanceof Set) return new Set([...(value as Set<PyValue>)].map(toJs));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [toJs(key), toJs(item)]));
  return value;
}

function arrayToJs(array: PyValue[]): unknown[] {
  const items = array.map(toJs);
  if (array instanceof Tuple) return Tuple.from(items);
  return items.some((item, index) => item !== array[index]) ? items : array;
}

function dictToJs(dict: PyDict): Record<string, unknown> {
  let changed: PyDict | undefined;
  for (const key of Object.keys(dict)) {
    const value = dict[key] as PyValue;
    const seen = toJs(value);
    if (seen === value || Number.isNaN(seen)) continue;
    changed ??= { ...dict };
    setKey(changed, key, seen as PyValue);
  }
  return changed ?? dict;
}

function dateToJs(value: DateTime): Date | DateTime {
  const time = value.seconds * 1000 + Math.floor(value.nanos / 1e6);
  return Math.abs(time) <= LAST_MOMENT ? new Date(time) : value;
}
