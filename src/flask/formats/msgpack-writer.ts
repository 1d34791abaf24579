import { isDict } from "../python/from-js.ts";
import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  Markup,
  type PyDict,
  type PyValue,
  Text,
  Uuid,
} from "../python/values.ts";
import { isoOf, isPythonTime } from "./datetime.ts";
import { DEEPEST } from "./format.ts";
import { MsgpackBytes } from "./msgpack-bytes.ts";
import { unwritable } from "./path.ts";
import { isHashable } from "./python-keys.ts";

const TWO_TO_32 = 2 ** 32;
const TWO_TO_34 = 2 ** 34;
const SMALLEST_INT = -(2n ** 63n);
const LARGEST_INT = 2n ** 64n - 1n;
const MARKUP = "Flask-Session can't store Markup in msgpack; store its .html";
const NO_PYTHON_FORM = "this object has no Python form";

/** Writes one value. */
export class MsgpackWriter {
  readonly #bytes = new MsgpackBytes();
  /** The keys on the way to the value being written. */
  readonly #path: PyValue[] = [];

  write(value: PyValue): Uint8Array {
    this.#value(value);
    return this.#bytes.written();
  }

  #value(value: PyValue): void {
    switch (typeof value) {
      case "string":
        this.#text(value);
        return;
      case "number":
        if (Number.isInteger(value)) this.#int(value);
        else this.#float(value);
        return;
      case "boolean":
        this.#bytes.byte(value ? 0xc3 : 0xc2);
        return;
      case "bigint":
        this.#bigint(value);
        return;
      default:
        if (value === null) this.#bytes.byte(0xc0);
        else this.#object(value);
    }
  }

  #object(value: PyValue & object): void {
    if (Array.isArray(value)) this.#list(value);
    else if (isDict(value)) this.#dict(value);
    else if (value instanceof Float) this.#float(value.value);
    else if (value instanceof Map) this.#map(value);
    else if (value instanceof Set) this.#list([...value]);
    else if (value instanceof Uint8Array) this.#binary(value);
    else if (value instanceof ByteArray) this.#binary(value.bytes);
    else if (value instanceof DateTime) this.#dateTime(value);
    else if (value instanceof Text) this.#text(value.text);
    else if (value instanceof Uuid) this.#text(value.toString());
    else if (value instanceof Extension) this.#extension(value);
    else throw this.#fail(value instanceof Markup ? MARKUP : NO_PYTHON_FORM);
  }

  #list(items: PyValue[]): void {
    this.#bytes.count(items.length, 0x90, 0xdc);
    const depth = this.#enter();
    for (let index = 0; index < items.length; index++) {
      this.#path[depth] = index;
      this.#value(items[index] as PyValue);
    }
    this.#path.pop();
  }

  #dict(dict: PyDict): void {
    const keys = Object.keys(dict);
    this.#bytes.count(keys.length, 0x80, 0xde);
    const depth = this.#enter();
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      this.#path[depth] = key;
      this.#text(key);
      this.#value(dict[key] as PyValue);
    }
    this.#path.pop();
  }

  #map(map: Map<PyValue, PyValue>): void {
    this.#bytes.count(map.size, 0x80, 0xde);
    const depth = this.#enter();
    for (const [key, value] of map) {
      this.#path[depth] = key;
      if (!isHashable(key)) throw this.#fail("Python takes no such key");
      this.#value(key);
      this.#value(value);
    }
    this.#path.pop();
  }

  /** The place in the path of what is inside. */
  #enter(): number {
    if (this.#path.length === DEEPEST) throw this.#fail(`nested deeper than ${DEEPEST} levels`);
    return this.#path.push(0) - 1;
  }

  #text(text: string): void {
    if (this.#bytes.asciiText(text)) return;
    if (!text.isWellFormed()) throw this.#fail("text with half a character (a lone surrogate) has no UTF-8");
    this.#bytes.text(text);
  }

  #binary(binary: Uint8Array): void {
    this.#bytes.size(binary.length, 0xc4);
    this.#bytes.raw(binary);
  }

  #extension({ type, bytes }: Extension): void {
    const { length } = bytes;
    if (length === 1 || length === 2 || length === 4 || length === 8 || length === 16) {
      this.#bytes.byte(0xd4 + Math.log2(length));
    } else {
      this.#bytes.size(length, 0xc7);
    }
    this.#bytes.byte(type);
    this.#bytes.raw(bytes);
  }

  /** What is aware becomes a timestamp, in the shortest of its three forms; what is naive, text. */
  #dateTime(time: DateTime): void {
    const { seconds, nanos, offset } = time;
    const text = offset === undefined ? isoOf(time) : "";
    if (text === undefined || !isPythonTime(seconds, nanos)) {
      throw this.#fail("a datetime beyond Python's years 1 to 9999");
    }
    if (offset === undefined) {
      this.#text(text);
    } else if (seconds < 0 || seconds >= TWO_TO_34) {
      this.#bytes.size(12, 0xc7);
      this.#bytes.byte(0xff);
      this.#bytes.uint32(nanos);
      this.#bytes.int64(seconds);
    } else if (nanos === 0 && seconds < TWO_TO_32) {
      this.#bytes.byte(0xd6);
      this.#bytes.byte(0xff);
      this.#bytes.uint32(seconds);
    } else {
      this.#bytes.byte(0xd7);
      this.#bytes.byte(0xff);
      this.#bytes.uint32(nanos * 4 + Math.floor(seconds / TWO_TO_32));
      this.#bytes.uint32(seconds);
    }
  }

  #int(value: number): void {
    if (value >= 0) {
      if (value < 0x80) this.#bytes.byte(value);
      else if (value < TWO_TO_32) this.#bytes.size(value, 0xcc);
      else this.#largeInt(value);
    } else if (value >= -0x20) {
      this.#bytes.byte(value);
    } else if (value >= -0x80) {
      this.#bytes.byte(0xd0);
      this.#bytes.byte(value);
    } else if (value >= -0x8000) {
      this.#bytes.byte(0xd1);
      this.#bytes.uint16(value);
    } else if (value >= -0x80000000) {
      this.#bytes.byte(0xd2);
      this.#bytes.uint32(value);
    } else {
      this.#largeInt(value);
    }
  }

  #largeInt(value: number): void {
    if (!Number.isSafeInteger(value)) {
      this.#bigint(BigInt(value));
      return;
    }
    this.#bytes.byte(value < 0 ? 0xd3 : 0xcf);
    this.#bytes.int64(value);
  }

  #bigint(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) {
      this.#int(number);
      return;
    }
    if (value < SMALLEST_INT || value > LARGEST_INT) {
      throw this.#fail("msgpack holds ints from -2^63 to 2^64 - 1; store it as text");
    }
    if (value < 0n) {
      this.#bytes.byte(0xd3);
      this.#bytes.bigInt64(value);
    } else {
      this.#bytes.byte(0xcf);
      this.#bytes.bigUint64(value);
    }
  }

  #float(value: number): void {
    this.#bytes.byte(0xcb);
    this.#bytes.float64(value);
  }

  #fail(what: string): Error {
    const steps = this.#path.map((key) => (typeof key === "number" ? key : String(key)));
    return unwritable(steps, what);
  }
}
