import type { Buffer } from "node:buffer";
import { fromUtf8 } from "./text.ts";

const NEWLINE = 0x0a;

/** Reads opcodes and their arguments one after the other, all of which `scan` found whole. */
export class Arguments {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  skip(length: number): true {
    this.at += length;
    return true;
  }

  uint(width: 1 | 2 | 4 | 8): number {
    const at = this.at;
    this.at += width;
    if (width === 1) return this.bytes[at] as number;
    // Of eight, the upper half is zero: the input isn't as long.
    return width === 2 ? this.bytes.readUInt16LE(at) : this.bytes.readUInt32LE(at);
  }

  double(): number {
    this.at += 8;
    return this.bytes.readDoubleBE(this.at - 8);
  }

  /** Not a copy. */
  sized(width: 1 | 4 | 8): Buffer {
    const length = this.uint(width);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(width: 1 | 4 | 8): string | undefined {
    const length = this.uint(width);
    this.at += length;
    return fromUtf8(this.bytes, this.at - length, this.at);
  }

  line(): string {
    const from = this.at;
    const newline = this.bytes.indexOf(NEWLINE, from);
    this.at = newline + 1;
    return this.bytes.toString("latin1", from, newline);
  }
}
