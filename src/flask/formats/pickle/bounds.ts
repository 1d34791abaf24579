import {
  ByteArray,
  DateTime,
  Float,
  FrozenSet,
  Markup,
  type PyDict,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../../python/values.ts";
import { DEEPEST } from "../format.ts";
import type { Item } from "./globals.ts";

/** What a value weighs beside its text or bytes: about what it takes in memory. */
const NODE = 16;
/** So many values (or sixteen times as many characters) a small pickle may hold by naming few of them often. */
const ALWAYS_ALLOWED = 1024 * 1024;

/**
 * Whether what a pickle of `length` bytes made is a value, and one that can be walked: a tree of bounded depth and size,
 * however often a branch is shared, that doesn't contain itself. A pickle that shares nothing is never too heavy.
 * `replaced`: what must not be left in it.
 */
export function isBounded(item: Item, length: number, replaced: ReadonlyMap<Item, Item>): item is PyValue {
  return new Scales(NODE * Math.max(length, ALWAYS_ALLOWED), replaced).holds(item, 0, false);
}

class Scales {
  private room: number;
  private readonly replaced: ReadonlyMap<Item, Item>;

  constructor(room: number, replaced: ReadonlyMap<Item, Item>) {
    this.room = room;
    this.replaced = replaced;
  }

  /** `asKey`: within what Python must be able to hash. */
  holds(item: Item, depth: number, asKey: boolean): boolean {
    switch (typeof item) {
      case "string":
        return this.take(item.length);
      case "bigint":
        return this.take(item.toString(16).length);
      case "object":
        return item === null ? this.take(0) : this.holdsObject(item, depth, asKey);
      default:
        return this.take(0);
    }
  }

  private holdsObject(item: Item & object, depth: number, asKey: boolean): boolean {
    if (depth >= DEEPEST) return false;
    if (Array.isArray(item)) return this.holdsArray(item, depth, asKey);
    if (Object.getPrototypeOf(item) === Object.prototype) {
      return !asKey && !this.replaced.has(item) && this.holdsDict(item as PyDict, depth);
    }
    if (item instanceof Map) return !asKey && this.holdsMap(item, depth);
    if (item instanceof Set) return (!asKey || item instanceof FrozenSet) && this.holdsSet(item, depth);
    if (item instanceof Uint8Array) return this.take(item.length);
    if (item instanceof ByteArray) return !asKey && this.take(item.bytes.length);
    if (item instanceof Text) return this.take(item.text.length);
    if (item instanceof Markup) return this.take(item.html.length);
    return (item instanceof Float || item instanceof DateTime || item instanceof Uuid) && this.take(0);
  }

  private holdsArray(array: PyValue[], depth: number, asKey: boolean): boolean {
    if (!this.take(0) || (asKey && !(array instanceof Tuple))) return false;
    for (let index = 0; index < array.length; index++) {
      if (!this.holds(array[index] as PyValue, depth + 1, asKey)) return false;
    }
    return true;
  }

  private holdsDict(dict: PyDict, depth: number): boolean {
    if (!this.take(0)) return false;
    for (const key in dict) {
      if (!this.take(key.length) || !this.holds(dict[key] as PyValue, depth + 1, false)) return false;
    }
    return true;
  }

  private holdsMap(map: Map<PyValue, PyValue>, depth: number): boolean {
    if (!this.take(0)) return false;
    for (const [key, value] of map) {
      if (!this.holds(key, depth + 1, true) || !this.holds(value, depth + 1, false)) return false;
    }
    return true;
  }

  private holdsSet(set: Set<PyValue>, depth: number): boolean {
    if (!this.take(0)) return false;
    for (const item of set) if (!this.holds(item, depth + 1, true)) return false;
    return true;
  }

  private take(weight: number): boolean {
    this.room -= NODE + weight;
    return this.room >= 0;
  }
}
