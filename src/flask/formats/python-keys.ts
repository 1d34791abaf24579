import { Buffer } from "node:buffer";
import { ByteArray, DateTime, Extension, Float, FrozenSet, type PyValue, Tuple } from "../python/values.ts";

/** Whether Python takes it for a dict's key: nothing in it can change. */
export function isHashable(key: PyValue): boolean {
  if (typeof key !== "object" || key === null) return true;
  if (Array.isArray(key)) return key instanceof Tuple && key.every(isHashable);
  if (key instanceof Set) return key instanceof FrozenSet;
  if (key instanceof Map || key instanceof ByteArray || key instanceof Extension) return false;
  const prototype: unknown = Object.getPrototypeOf(key);
  return prototype !== Object.prototype && prototype !== null;
}

/** What was read where a key stands: lists become tuples, as Python's reader makes them. `undefined`: no key. */
export function keyOf(value: PyValue): PyValue | undefined {
  if (!Array.isArray(value)) return isHashable(value) ? value : undefined;
  const tuple = new Tuple<PyValue>();
  for (const item of value) {
    const key = keyOf(item);
    if (key === undefined) return undefined;
    tuple.push(key);
  }
  return tuple;
}

/** A dict whose keys aren't all strings: 1, 1.0 and True are one key of it, as are two tuples of equal things. */
export class DictBuilder {
  readonly map: Map<PyValue, PyValue> = new Map();
  /** The first key of those that are equal: that one stays. */
  readonly #first = new Map<unknown, PyValue>();

  set(key: PyValue, value: PyValue): void {
    const identity = identityOf(key);
    const first = this.#first.get(identity);
    if (first === undefined) this.#first.set(identity, key);
    this.map.set(first ?? key, value);
  }
}

/** The same for all keys that are equal in Python, and for no others. */
function identityOf(key: PyValue): unknown {
  if (!Array.isArray(key)) return scalarIdentity(key);
  const parts: unknown[] = [];
  spell(key, parts);
  return JSON.stringify(parts.map((part) => `${typeof part} ${part}`));
}

/** A tuple and all tuples in it, in one list. */
function spell(tuple: PyValue[], parts: unknown[]): void {
  parts.push(`(${tuple.length}`);
  for (const item of tuple) {
    if (Array.isArray(item)) spell(item, parts);
    else parts.push(scalarIdentity(item));
  }
}

function scalarIdentity(key: PyValue): unknown {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "boolean") return Number(key);
  if (typeof key === "number") return numberIdentity(key);
  if (key instanceof Float) return numberIdentity(key.value);
  if (key instanceof Uint8Array) return `b${Buffer.from(key).toString("latin1")}`;
  if (key instanceof DateTime) return momentIdentity(key);
  return key;
}

/** To the microsecond. */
function momentIdentity({ seconds, nanos }: DateTime): string {
  const micros = Math.round(nanos / 1000);
  return `d${seconds + Math.floor(micros / 1e6)}.${micros % 1e6}`;
}

/** Beyond 2^53, too, a float can equal an int. */
function numberIdentity(value: number): unknown {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}
