import { Buffer, isUtf8 } from "node:buffer";
import { DateTime, Extension, Float, type PyDict, type PyValue, setKey } from "../python/values.ts";
import { isPythonTime } from "./datetime.ts";
import { DEEPEST } from "./format.ts";
import { DictBuilder, keyOf } from "./python-keys.ts";

const TWO_TO_32 = 2 ** 32;
const TIMESTAMP = -1;
/** Up to here a loop over bytes beats a call into the runtime. */
const SHORT_TEXT = 100;
/** Text that is cut out of a larger one keeps it in memory: only what is small may be kept so. */
const SMALL_INPUT = 4096;

/** Keys that were read before, each in the slot that its length and ends give. */
const KNOWN_KEYS: string[] = new Array(256).fill("");

/** Reads one value. Where the bytes are no msgpack, every method returns `undefined`, and so does its caller. */
export class MsgpackReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at = 0;
  /** The whole input with a character for each byte, made when the first short text is found. */
  #characters: string | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = bytes.length;
  }

  read(): PyValue | undefined {
    const value = this.#value(0);
    return this.#at === this.#end ? value : undefined;
  }

  #value(depth: number): PyValue | undefined {
    if (this.#at >= this.#end) return undefined;
    const code = this.#bytes[this.#at++] as number;
    if (code < 0x80) return code;
    if (code < 0x90) return this.#dict(code & 0x0f, depth);
    if (code < 0xa0) return this.#list(code & 0x0f, depth);
    if (code < 0xc0) return this.#text(code & 0x1f);
    if (code >= 0xe0) return code - 0x100;
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#uint(code - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(code - 0xc7));
      case 0xca:
        return this.#has(4) ? floatOf(this.#bytes.readFloatBE(this.#skip(4))) : undefined;
      case 0xcb:
        return this.#has(8) ? floatOf(this.#bytes.readDoubleBE(this.#skip(8))) : undefined;
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(code - 0xcc);
      case 0xcf:
        return this.#uint64();
      case 0xd0:
        return this.#has(1) ? this.#bytes.readInt8(this.#skip(1)) : undefined;
      case 0xd1:
        return this.#has(2) ? this.#bytes.readInt16BE(this.#skip(2)) : undefined;
      case 0xd2:
        return this.#has(4) ? this.#bytes.readInt32BE(this.#skip(4)) : undefined;
      case 0xd3:
        return this.#int64();
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (code - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(code - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(code - 0xdb), depth);
      case 0xde:
      case 0xdf:
        return this.#dict(this.#uint(code - 0xdd), depth);
      default:
        return undefined;
    }
  }

  #list(count: number | undefined, depth: number): PyValue[] | undefined {
    // Each item takes a byte at least.
    if (count === undefined || !this.#has(count) || depth === DEEPEST) return undefined;
    const list: PyValue[] = [];
    for (let left = count; left > 0; left--) {
      const item = this.#value(depth + 1);
      if (item === undefined) return undefined;
      list.push(item);
    }
    return list;
  }

  #dict(count: number | undefined, depth: number): PyValue | undefined {
    if (count === undefined || !this.#has(2 * count) || depth === DEEPEST) return undefined;
    const dict: PyDict = {};
    for (let left = count; left > 0; left--) {
      const key = this.#key(depth + 1);
      if (key === undefined) return undefined;
      if (typeof key !== "string") return this.#map(dict, key, left, depth);
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      setKey(dict, key, value);
    }
    return dict;
  }

  /** Goes on with a dict whose next key, just read, isn't a string. */
  #map(begun: PyDict, next: PyValue, count: number, depth: number): PyValue | undefined {
    const builder = new DictBuilder();
    for (const key of Object.keys(begun)) builder.set(key, begun[key] as PyValue);
    let found: PyValue | undefined = next;
    for (let left = count; left > 0; left--) {
      const key = found === undefined ? undefined : keyOf(found);
      const value = key === undefined ? undefined : this.#value(depth + 1);
      if (key === undefined || value === undefined) return undefined;
      builder.set(key, value);
      if (left > 1) found = this.#value(depth + 1);
    }
    return builder.map;
  }

  /** The same few keys come again and again: a known one needs not be made anew. */
  #key(depth: number): PyValue | undefined {
    const bytes = this.#bytes;
    const size = (bytes[this.#at] as number) - 0xa0;
    if (!(size > 0 && size < 0x20) || !this.#has(1 + size)) return this.#value(depth);
    const start = this.#at + 1;
    const slot = (size * 31 + (bytes[start] as number) * 7 + (bytes[start + size - 1] as number)) & 0xff;
    const known = KNOWN_KEYS[slot] as string;
    if (known.length === size) {
      let index = 0;
      while (index < size && known.charCodeAt(index) === bytes[start + index]) index++;
      if (index === size) {
        this.#at = start + size;
        return known;
      }
    }
    const key = this.#value(depth) as string | undefined;
    if (key !== undefined && key.length === size) KNOWN_KEYS[slot] = key;
    return key;
  }

  #text(size: number | undefined): string | undefined {
    if (size === undefined || !this.#has(size)) return undefined;
    const start = this.#skip(size);
    const end = this.#at;
    if (size > SHORT_TEXT) return this.#longText(start, end);
    const bytes = this.#bytes;
    for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x7f) return this.#longText(start, end);
    if (this.#end > SMALL_INPUT) return bytes.toString("latin1", start, end);
    this.#characters ??= bytes.toString("latin1");
    return this.#characters.slice(start, end);
  }

  #longText(start: number, end: number): string | undefined {
    const text = this.#bytes.subarray(start, end);
    return isUtf8(text) ? text.toString() : undefined;
  }

  #binary(size: number | undefined): Uint8Array | undefined {
    if (size === undefined || !this.#has(size)) return undefined;
    return new Uint8Array(this.#bytes.subarray(this.#skip(size), this.#at));
  }

  #extension(size: number | undefined): DateTime | Extension | undefined {
    if (size === undefined || !this.#has(1 + size)) return undefined;
    const type = this.#bytes.readInt8(this.#skip(1));
    if (type === TIMESTAMP) return this.#timestamp(size);
    const bytes = this.#binary(size);
    return bytes && new Extension(type, bytes);
  }

  #timestamp(size: number): DateTime | undefined {
    const bytes = this.#bytes;
    const start = this.#skip(size);
    if (size === 4) return dateTimeOf(bytes.readUInt32BE(start), 0);
    if (size === 12) return dateTimeOf(Number(bytes.readBigInt64BE(start + 4)), bytes.readUInt32BE(start));
    if (size !== 8) return undefined;
    const high = bytes.readUInt32BE(start);
    return dateTimeOf((high & 3) * TWO_TO_32 + bytes.readUInt32BE(start + 4), high >>> 2);
  }

  /** Of one, two or four bytes. */
  #uint(width: number): number | undefined {
    const size = 1 << width;
    if (!this.#has(size)) return undefined;
    const start = this.#skip(size);
    if (size === 1) return this.#bytes[start];
    return size === 2 ? this.#bytes.readUInt16BE(start) : this.#bytes.readUInt32BE(start);
  }

  #uint64(): number | bigint | undefined {
    return this.#has(8) ? intOf(this.#bytes.readBigUInt64BE(this.#skip(8))) : undefined;
  }

  #int64(): number | bigint | undefined {
    return this.#has(8) ? intOf(this.#bytes.readBigInt64BE(this.#skip(8))) : undefined;
  }

  #has(size: number): boolean {
    return size <= this.#end - this.#at;
  }

  /** Where what is skipped begins. */
  #skip(size: number): number {
    const start = this.#at;
    this.#at += size;
    return start;
  }
}

function floatOf(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

function intOf(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function dateTimeOf(seconds: number, nanos: number): DateTime | undefined {
  return isPythonTime(seconds, nanos) ? new DateTime(seconds, nanos, 0) : undefined;
}
