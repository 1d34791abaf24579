import { Buffer } from "node:buffer";
import { FRAME } from "./opcodes.ts";

/** From this size on a frame ends before the next value. So large a text or bytes stands outside of any. */
const FRAME_TARGET = 64 * 1024;
/** Not worth a frame. */
const FRAME_LEAST = 4;
const FRAME_HEADER = 9;
const NO_FRAME = -1;

/** Every pickle begins here, and is copied out when it is done: writing one is synchronous. */
const draft = Buffer.allocUnsafeSlow(FRAME_TARGET);

/** Bytes being written, in frames if asked for: where they end is part of what Python writes. */
export class Output {
  private buffer = draft;
  private at = 0;
  private frame = NO_FRAME;

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.at++] = value;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.at = this.buffer.writeUInt16LE(value, this.at);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.at = this.buffer.writeUInt32LE(value, this.at);
  }

  uint64(value: number): void {
    this.uint32(value % 2 ** 32);
    this.uint32(Math.floor(value / 2 ** 32));
  }

  double(value: number): void {
    this.reserve(8);
    this.at = this.buffer.writeDoubleBE(value, this.at);
  }

  latin1(text: string): void {
    this.reserve(text.length);
    this.at += this.buffer.write(text, this.at, "latin1");
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** What `head` and `bytes` write, in no frame if it is large. */
  sized(bytes: Uint8Array, head: () => void): void {
    const isFramed = this.frame !== NO_FRAME && bytes.length >= FRAME_TARGET;
    if (isFramed) this.closeFrame();
    head();
    this.bytes(bytes);
    if (isFramed) this.openFrame();
  }

  openFrame(): void {
    this.frame = this.at;
    this.reserve(FRAME_HEADER);
    this.at += FRAME_HEADER;
  }

  closeFrame(): void {
    const start = this.frame + FRAME_HEADER;
    const length = this.at - start;
    if (length < FRAME_LEAST) {
      this.buffer.copyWithin(this.frame, start, this.at);
      this.at -= FRAME_HEADER;
    } else {
      const end = this.at;
      this.at = this.frame;
      this.byte(FRAME);
      this.uint64(length);
      this.at = end;
    }
    this.frame = NO_FRAME;
  }

  /** Before each value. */
  boundary(): void {
    if (this.frame === NO_FRAME || this.at - this.frame - FRAME_HEADER < FRAME_TARGET) return;
    this.closeFrame();
    this.openFrame();
  }

  finish(): Uint8Array {
    if (this.frame !== NO_FRAME) this.closeFrame();
    return Buffer.from(this.buffer.subarray(0, this.at));
  }

  private reserve(length: number): void {
    if (this.at + length <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.at + length));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
