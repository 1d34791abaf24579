import { Buffer } from "node:buffer";
import { isDict } from "../python/from-js.ts";
import { ByteArray, DateTime, Float, Markup, type PyDict, type PyValue, Text, Uuid } from "../python/values.ts";
import { isoOf } from "./datetime.ts";
import { DEEPEST } from "./format.ts";
import { isPlainFloat, textOfFloat, textOfInt } from "./json-numbers.ts";
import { unwritable } from "./path.ts";

/** Text of a lone surrogate, as JSON.stringify escapes it; or of a backslash before a "u". */
const MAYBE_HALF = "\\ud";

/** A value as text, by JSON.stringify where that writes what msgspec does: several times as fast. */
export function textOf(value: PyValue): string {
  const text = isPlain(value, 0) ? JSON.stringify(value) : undefined;
  return text === undefined || text.includes(MAYBE_HALF) ? new JsonWriter().write(value) : text;
}

function isPlain(value: PyValue | undefined, depth: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") return Number.isInteger(value) ? Number.isSafeInteger(value) : isPlainFloat(value);
  if (typeof value !== "object" || depth === DEEPEST) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isPlain(value[index], depth + 1)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  // No plain object has inherited keys, and this loop is twice as fast as one over Object.keys.
  for (const key in value) if (!isPlain((value as PyDict)[key], depth + 1)) return false;
  return true;
}

/** Writes one value as text. */
class JsonWriter {
  /** The keys on the way to the value being written. */
  readonly #path: PyValue[] = [];

  write(value: PyValue): string {
    switch (typeof value) {
      case "string":
        return this.#quote(value);
      case "number":
        return Number.isInteger(value) ? this.#int(value) : this.#float(value);
      case "boolean":
        return value ? "true" : "false";
      case "bigint":
        return this.#int(value);
      default:
        return value === null ? "null" : this.#object(value);
    }
  }

  #object(value: PyValue & object): string {
    if (Array.isArray(value)) return this.#list(value);
    if (isDict(value)) return this.#dict(value);
    if (value instanceof Float) return this.#float(value.value);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return this.#list([...value]);
    if (value instanceof ByteArray) return base64(value.bytes);
    const text = this.#textual(value);
    if (text !== undefined) return text;
    if (value instanceof Markup) throw this.#fail("Flask-Session can't store Markup in JSON; store its .html");
    throw this.#fail("this object has no JSON form");
  }

  /** What msgspec takes for a key, too. */
  #textual(value: PyValue & object): string | undefined {
    if (value instanceof Uint8Array) return base64(value);
    if (value instanceof DateTime) return this.#dateTime(value);
    if (value instanceof Text) return this.#quote(value.text);
    if (value instanceof Uuid) return `"${value}"`;
    return undefined;
  }

  #list(items: PyValue[]): string {
    const depth = this.#enter();
    let text = "[";
    for (let index = 0; index < items.length; index++) {
      this.#path[depth] = index;
      if (index > 0) text += ",";
      text += this.write(items[index] as PyValue);
    }
    this.#path.pop();
    return `${text}]`;
  }

  #dict(dict: PyDict): string {
    const depth = this.#enter();
    let text = "";
    for (const key of Object.keys(dict)) {
      this.#path[depth] = key;
      text += `${text === "" ? "{" : ","}${this.#quote(key)}:${this.write(dict[key] as PyValue)}`;
    }
    this.#path.pop();
    return text === "" ? "{}" : `${text}}`;
  }

  #map(map: Map<PyValue, PyValue>): string {
    const depth = this.#enter();
    let text = "";
    for (const [key, value] of map) {
      this.#path[depth] = key;
      text += `${text === "" ? "{" : ","}${this.#key(key)}:${this.write(value)}`;
    }
    this.#path.pop();
    return text === "" ? "{}" : `${text}}`;
  }

  #key(key: PyValue): string {
    if (typeof key === "string") return this.#quote(key);
    if (typeof key === "bigint" || (typeof key === "number" && Number.isInteger(key))) return `"${this.#int(key)}"`;
    if (typeof key === "number") return `"${this.#float(key)}"`;
    if (key instanceof Float) return `"${this.#float(key.value)}"`;
    const text = typeof key === "object" && key !== null ? this.#textual(key) : undefined;
    if (text === undefined) throw this.#fail("JSON has no such key; use text or a number");
    return text;
  }

  /** The place in the path of what is inside. */
  #enter(): number {
    if (this.#path.length === DEEPEST) throw this.#fail(`nested deeper than ${DEEPEST} levels`);
    return this.#path.push(0) - 1;
  }

  #quote(text: string): string {
    if (!text.isWellFormed()) throw this.#fail("text with half a character (a lone surrogate) has no UTF-8");
    return JSON.stringify(text);
  }

  #int(value: number | bigint): string {
    const text = textOfInt(value);
    if (text === undefined) throw this.#fail("an int of more digits than Python reads");
    return text;
  }

  #float(value: number): string {
    if (!Number.isFinite(value)) throw this.#fail("JSON has no NaN and no infinity, and Flask would read null");
    return textOfFloat(value);
  }

  #dateTime(time: DateTime): string {
    const text = isoOf(time);
    if (text === undefined) throw this.#fail("a datetime beyond Python's years 1 to 9999");
    return `"${text}"`;
  }

  #fail(what: string): Error {
    const steps = this.#path.map((key) => (typeof key === "number" ? key : String(key)));
    return unwritable(steps, what);
  }
}

function base64(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")}"`;
}
