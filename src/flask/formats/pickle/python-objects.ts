import { Buffer } from "node:buffer";
import type { ByteArray, DateTime, Markup, Text, Uuid } from "../../python/values.ts";
import { dateState, dateTimeState, isOffset, timeState } from "./calendar.ts";
import { isDecimal } from "./globals.ts";
import type { Memo } from "./memo.ts";
import type { BinaryNotation, Notation } from "./notation.ts";
import { narrow } from "./numbers.ts";
import * as op from "./opcodes.ts";
import type { Output } from "./output.ts";
import { timedeltaOf } from "./timedelta.ts";

const DAY = 86_400;

/** Writes what isn't an opcode's own kind: a global, applied to arguments. */
export class PythonObjects {
  private readonly out: Output;
  private readonly notation: Notation;
  private readonly binary: BinaryNotation | undefined;
  private readonly memo: Memo;

  constructor(out: Output, notation: Notation, binary: BinaryNotation | undefined, memo: Memo) {
    this.out = out;
    this.notation = notation;
    this.binary = binary;
    this.memo = memo;
  }

  /** A global, and the tuple of `count` arguments that `args` writes. Who calls it names what comes of it. */
  reduce(module: string, name: string, count: number, args: () => void): void {
    this.global(module, name);
    this.tuple(count, args);
    this.out.byte(op.REDUCE);
  }

  bytes(bytes: Uint8Array): void {
    if (this.binary !== undefined) {
      this.binary.bytes(bytes);
    } else if (bytes.length === 0) {
      this.reduce("__builtin__", "bytes", 0, () => {});
    } else {
      this.reduce("_codecs", "encode", 2, () => {
        this.memo.freshText(Buffer.from(bytes).toString("latin1"));
        this.memo.ownText("latin1");
      });
    }
  }

  bytearray({ bytes }: ByteArray): void {
    const module = this.binary === undefined ? "__builtin__" : "builtins";
    this.reduce(module, "bytearray", Math.min(bytes.length, 1), () => {
      if (bytes.length > 0) this.state(bytes);
    });
  }

  uuid(uuid: Uuid): void {
    if (this.binary !== undefined) {
      this.global("uuid", "UUID");
      this.tuple(0, () => {});
      this.out.byte(op.NEWOBJ);
    } else {
      this.reduce("copy_reg", "_reconstructor", 3, () => {
        this.global("uuid", "UUID");
        this.global("__builtin__", "object");
        this.notation.none();
      });
    }
    this.memo.remember(uuid);
    this.out.boundary();
    this.notation.emptyDict();
    this.memo.number();
    this.memo.ownText("int");
    this.int(narrow(BigInt(`0x${uuid.hex}`)));
    this.out.byte(op.SETITEM);
    this.out.byte(op.BUILD);
  }

  markup({ html }: Markup): void {
    if (this.binary !== undefined) {
      this.global("markupsafe", "Markup");
      this.tuple(1, () => this.memo.copiedText(html));
      this.out.byte(op.NEWOBJ);
    } else {
      this.reduce("copy_reg", "_reconstructor", 3, () => {
        this.global("markupsafe", "Markup");
        this.global("__builtin__", "unicode");
        this.memo.copiedText(html);
      });
    }
  }

  /** Whether Python has such a datetime; if not, nothing is written. */
  dateTime(value: DateTime): boolean {
    const state = dateTimeState(value);
    const { offset } = value;
    if (state === undefined || (offset !== undefined && !isOffset(offset))) return false;
    this.zoned("datetime", state, offset);
    return true;
  }

  /** Whether Python has such a date, time, timedelta or Decimal; if not, nothing is written. */
  text({ kind, text }: Text): boolean {
    switch (kind) {
      case "date":
        return this.date(text);
      case "time":
        return this.time(text);
      case "timedelta":
        return this.timedelta(text);
      case "decimal":
        if (!isDecimal(text)) return false;
        this.reduce("decimal", "Decimal", 1, () => this.memo.copiedText(text));
        return true;
    }
  }

  private date(text: string): boolean {
    const state = dateState(text);
    if (state === undefined) return false;
    this.reduce("datetime", "date", 1, () => this.state(state));
    return true;
  }

  private time(text: string): boolean {
    const time = timeState(text);
    if (time === undefined) return false;
    this.zoned("time", time.state, time.offset);
    return true;
  }

  private timedelta(text: string): boolean {
    const timedelta = timedeltaOf(text);
    if (timedelta === undefined) return false;
    const { days, seconds, micros } = timedelta;
    this.threeInts(days, seconds, micros);
    return true;
  }

  private threeInts(days: number, seconds: number, micros: number): void {
    this.reduce("datetime", "timedelta", 3, () => {
      this.int(days);
      this.int(seconds);
      this.int(micros);
    });
  }

  private zoned(name: string, state: Uint8Array, offset: number | undefined): void {
    this.reduce("datetime", name, offset === undefined ? 1 : 2, () => {
      this.state(state);
      if (offset !== undefined) this.timezone(offset);
    });
  }

  /** Python has one UTC. Of the others, two that are equal are one here. */
  private timezone(offset: number): void {
    const name = `timezone ${offset}`;
    this.out.boundary();
    if (this.memo.recallOwn(name)) return;
    this.reduce("datetime", "timezone", 1, () => {
      const days = Math.floor(offset / DAY);
      this.out.boundary();
      this.threeInts(days, offset - days * DAY, 0);
      this.memo.number();
    });
    this.memo.rememberOwn(name);
  }

  private state(bytes: Uint8Array): void {
    this.out.boundary();
    this.bytes(bytes);
    this.memo.number();
  }

  private int(value: number | bigint): void {
    this.out.boundary();
    this.notation.int(value);
  }

  private tuple(count: number, items: () => void): void {
    this.out.boundary();
    this.notation.openTuple(count);
    items();
    this.notation.closeTuple(count);
    if (count > 0) this.memo.number();
  }

  private global(module: string, name: string): void {
    const full = `${module}.${name}`;
    this.out.boundary();
    if (this.memo.recallOwn(full)) return;
    if (this.binary !== undefined) {
      this.memo.ownText(module);
      this.memo.freshText(name);
      this.out.byte(op.STACK_GLOBAL);
    } else {
      this.out.byte(op.GLOBAL);
      this.out.latin1(`${module}\n${name}\n`);
    }
    this.memo.rememberOwn(full);
  }
}
