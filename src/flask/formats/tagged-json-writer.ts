import { Buffer } from "node:buffer";
import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  Markup,
  type PyDict,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../python/values.ts";
import { isPythonTime } from "./datetime.ts";
import { DEEPEST } from "./format.ts";
import { type Path, unwritable } from "./path.ts";
import { sortedEntries, sortedKeys, textOfKey } from "./tagged-json-keys.ts";
import { isTag } from "./tagged-json-tags.ts";
import { quote, textOfFloat, textOfInt } from "./tagged-json-text.ts";

/** Writes one value as Flask does within a request: keys sorted, all in ASCII. */
export class TaggedJsonWriter {
  readonly #path: Path = [];
  #depth = 0;

  write(value: PyValue): string {
    switch (typeof value) {
      case "string":
        return quote(value);
      case "number":
        return Number.isSafeInteger(value) ? String(value) : textOfFloat(value);
      case "bigint":
        return textOfInt(value) ?? this.#fail("an int of more digits than Python writes");
      case "boolean":
        return String(value);
      default:
        return value === null ? "null" : this.#object(value);
    }
  }

  #object(value: PyValue & object): string {
    if (value instanceof Tuple) return this.#nested(() => `{" t":${this.#list(value)}}`);
    if (Array.isArray(value)) return this.#list(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#dict(value as PyDict);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Float) return textOfFloat(value.value);
    if (value instanceof Uint8Array) return `{" b":"${Buffer.from(value).toString("base64")}"}`;
    if (value instanceof Markup) return `{" m":${quote(value.html)}}`;
    if (value instanceof Uuid) return `{" u":"${value.hex}"}`;
    if (value instanceof DateTime) return `{" d":"${this.#httpDate(value.seconds)}"}`;
    if (value instanceof Text) return `"${this.#text(value)}"`;
    if (value instanceof Set) return this.#fail("Flask can't keep a set in its cookie; store a list");
    if (value instanceof ByteArray) return this.#fail("Flask can't keep a bytearray in its cookie; store a Uint8Array");
    if (value instanceof Extension) return this.#fail("Flask can't keep a MessagePack extension in its cookie");
    return this.#fail("this object has no Python form");
  }

  #list(items: readonly PyValue[]): string {
    return this.#nested(() => {
      let text = "";
      for (let index = 0; index < items.length; index++) {
        this.#path.push(index);
        text += (index === 0 ? "" : ",") + this.write(items[index] as PyValue);
        this.#path.pop();
      }
      return `[${text}]`;
    });
  }

  #dict(dict: PyDict): string {
    const keys = Object.keys(dict);
    return this.#nested(() => {
      let text = "";
      for (const key of sortedKeys(keys)) {
        text += (text === "" ? "" : ",") + this.#item(key, dict[key] as PyValue, keys.length);
      }
      return `{${text}}`;
    });
  }

  #map(map: Map<PyValue, PyValue>): string {
    const entries = sortedEntries(map);
    if (entries === undefined) return this.#fail("Python can't sort keys of different types");
    return this.#nested(() => {
      const items = entries.map(([key, value]) => {
        const text = textOfKey(key) ?? this.#fail("a key of a type that JSON doesn't take");
        const isText = typeof key === "string" || key instanceof Markup;
        return this.#item(text, value, isText ? entries.length : 2);
      });
      return `{${items.join(",")}}`;
    });
  }

  /** One item of `count`: a dict of one key that looks like a tag is tagged itself. */
  #item(key: string, value: PyValue, count: number): string {
    this.#path.push(key);
    const text =
      count === 1 && isTag(key)
        ? this.#nested(() => `" di":{"${key}__":${this.write(value)}}`)
        : `${quote(key)}:${this.write(value)}`;
    this.#path.pop();
    return text;
  }

  #nested(write: () => string): string {
    if (this.#depth === DEEPEST) this.#fail(`nested deeper than ${DEEPEST} levels`);
    this.#depth++;
    const text = write();
    this.#depth--;
    return text;
  }

  /** A date has no tag, and comes back as text. */
  #text({ kind, text }: Text): string {
    if (kind === "decimal") return text;
    if (kind === "date") return this.#httpDate(Date.parse(`${text}T00:00:00Z`) / 1000);
    return this.#fail(`Flask can't keep a ${kind} in its cookie; store text`);
  }

  #httpDate(seconds: number): string {
    if (!isPythonTime(seconds, 0)) return this.#fail("not a moment in Python's years 1 to 9999");
    return new Date(seconds * 1000).toUTCString();
  }

  #fail(what: string): never {
    throw unwritable(this.#path, what);
  }
}
