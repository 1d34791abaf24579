import { Buffer } from "node:buffer";

const TWO_TO_32 = 2 ** 32;
/** Up to here a loop over characters beats a call into the runtime. */
const SHORT_TEXT = 40;

/** Bytes that grow as they are written, most significant first, with msgpack's ways to say how many things follow. */
export class MsgpackBytes {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Text of ASCII alone; `false`, and nothing is written, for any other and for what is long. */
  asciiText(text: string): boolean {
    const { length } = text;
    if (length > SHORT_TEXT) {
      return false;
    }
    this.#reserve(2 + length);
    const bytes = this.#bytes;
    let at = this.#at;
    if (length < 32) {
      bytes[at++] = 0xa0 | length;
    } else {
      bytes[at++] = 0xd9;
      bytes[at++] = length;
    }
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        return false;
      }
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  /** Text of any kind, which must have an UTF-8 form. */
  text(text: string): void {
    const size = Buffer.byteLength(text);
    if (size < 32) this.byte(0xa0 | size);
    else this.size(size, 0xd9);
    this.#reserve(size);
    this.#at += this.#bytes.write(text, this.#at);
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  bigInt64(value: bigint): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeBigInt64BE(value, this.#at);
  }

  bigUint64(value: bigint): void {
    this.#reserve(8);
    this.#at = this.#bytes.writeBigUInt64BE(value, this.#at);
  }

  /** How many things follow: in the first byte itself, or after `code16` or the code after it. */
  count(count: number, short: number, code16: number): void {
    if (count < 16) this.byte(short | count);
    else this.#wide(count, code16);
  }

  /** In one, two or four bytes, after `code8` or one of the two codes after it. */
  size(size: number, code8: number): void {
    if (size < 0x100) {
      this.byte(code8);
      this.byte(size);
    } else {
      this.#wide(size, code8 + 1);
    }
  }

  #wide(size: number, code16: number): void {
    if (size < 0x10000) {
      this.byte(code16);
      this.uint16(size);
    } else {
      this.byte(code16 + 1);
      this.uint32(size);
    }
  }

  int64(value: number): void {
    this.uint32(Math.floor(value / TWO_TO_32));
    this.uint32(value);
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value);
  }

  uint16(value: number): void {
    this.byte(value >>> 8);
    this.byte(value);
  }

  /** The lowest eight bits. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #reserve(size: number): void {
    const needed = this.#at + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
