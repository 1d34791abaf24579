import type { Buffer } from "node:buffer";
import { floatToText, intToBytes } from "./numbers.ts";
import * as op from "./opcodes.ts";
import type { Output } from "./output.ts";
import { toRawUnicode, toUtf8 } from "./text.ts";

const LEAST_INT32 = -(2 ** 31);
const MOST_INT32 = 2 ** 31 - 1;

/** How a protocol writes what all of them have. None of these says what goes into the memo. */
export interface Notation {
  none(): void;
  bool(value: boolean): void;
  int(value: number | bigint): void;
  float(value: number): void;
  text(text: string): void;
  emptyList(): void;
  emptyDict(): void;
  /** Before the items of a tuple … */
  openTuple(length: number): void;
  /** … and behind them. */
  closeTuple(length: number): void;
  /** Names the top of the stack, which is the `index`th to be named. */
  put(index: number): void;
  get(index: number): void;
}

/** Protocol 0: lines of text, in Latin-1. */
export class TextNotation implements Notation {
  private readonly out: Output;

  constructor(out: Output) {
    this.out = out;
  }

  none(): void {
    this.out.byte(op.NONE);
  }

  bool(value: boolean): void {
    this.line(op.INT, value ? "01" : "00");
  }

  int(value: number | bigint): void {
    if (value >= LEAST_INT32 && value <= MOST_INT32) this.line(op.INT, `${value}`);
    else this.line(op.LONG, `${value}L`);
  }

  float(value: number): void {
    this.line(op.FLOAT, floatToText(value));
  }

  text(text: string): void {
    this.line(op.UNICODE, toRawUnicode(text));
  }

  emptyList(): void {
    this.out.byte(op.MARK);
    this.out.byte(op.LIST);
  }

  emptyDict(): void {
    this.out.byte(op.MARK);
    this.out.byte(op.DICT);
  }

  openTuple(): void {
    this.out.byte(op.MARK);
  }

  closeTuple(): void {
    this.out.byte(op.TUPLE);
  }

  put(index: number): void {
    this.line(op.PUT, `${index}`);
  }

  get(index: number): void {
    this.line(op.GET, `${index}`);
  }

  private line(opcode: number, text: string): void {
    this.out.byte(opcode);
    this.out.latin1(`${text}\n`);
  }
}

/** Protocols 4 and 5. */
export class BinaryNotation implements Notation {
  private readonly out: Output;

  constructor(out: Output) {
    this.out = out;
  }

  none(): void {
    this.out.byte(op.NONE);
  }

  bool(value: boolean): void {
    this.out.byte(value ? op.NEWTRUE : op.NEWFALSE);
  }

  int(value: number | bigint): void {
    if (value >= LEAST_INT32 && value <= MOST_INT32) this.int32(Number(value));
    else this.long(intToBytes(BigInt(value)));
  }

  float(value: number): void {
    this.out.byte(op.BINFLOAT);
    this.out.double(value);
  }

  text(text: string): void {
    this.sized(toUtf8(text), op.SHORT_BINUNICODE, op.BINUNICODE);
  }

  bytes(bytes: Uint8Array): void {
    this.sized(bytes, op.SHORT_BINBYTES, op.BINBYTES);
  }

  /** Only in protocol 5. */
  bytearray(bytes: Uint8Array): void {
    this.out.sized(bytes, () => {
      this.out.byte(op.BYTEARRAY8);
      this.out.uint64(bytes.length);
    });
  }

  emptyList(): void {
    this.out.byte(op.EMPTY_LIST);
  }

  emptyDict(): void {
    this.out.byte(op.EMPTY_DICT);
  }

  openTuple(length: number): void {
    if (length > 3) this.out.byte(op.MARK);
  }

  closeTuple(length: number): void {
    this.out.byte([op.EMPTY_TUPLE, op.TUPLE1, op.TUPLE2, op.TUPLE3][length] ?? op.TUPLE);
  }

  put(): void {
    this.out.byte(op.MEMOIZE);
  }

  get(index: number): void {
    if (index < 256) {
      this.out.byte(op.BINGET);
      this.out.byte(index);
    } else {
      this.out.byte(op.LONG_BINGET);
      this.out.uint32(index);
    }
  }

  private int32(value: number): void {
    if (value < 0 || value > 0xffff) {
      this.out.byte(op.BININT);
      this.out.uint32(value >>> 0);
    } else if (value > 0xff) {
      this.out.byte(op.BININT2);
      this.out.uint16(value);
    } else {
      this.out.byte(op.BININT1);
      this.out.byte(value);
    }
  }

  private long(bytes: Buffer): void {
    if (bytes.length < 256) {
      this.out.byte(op.LONG1);
      this.out.byte(bytes.length);
    } else {
      this.out.byte(op.LONG4);
      this.out.uint32(bytes.length);
    }
    this.out.bytes(bytes);
  }

  private sized(bytes: Uint8Array, short: number, long: number): void {
    this.out.sized(bytes, () => {
      if (bytes.length < 256) {
        this.out.byte(short);
        this.out.byte(bytes.length);
      } else {
        this.out.byte(long);
        this.out.uint32(bytes.length);
      }
    });
  }
}
