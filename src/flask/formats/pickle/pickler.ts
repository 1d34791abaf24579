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
import { type Path, unwritable } from "../path.ts";
import { Memo } from "./memo.ts";
import { BinaryNotation, type Notation, TextNotation } from "./notation.ts";
import { isBounded } from "./numbers.ts";
import * as op from "./opcodes.ts";
import { Output } from "./output.ts";
import { PythonObjects } from "./python-objects.ts";

const BATCH = 1000;
/** The empty bytes, which Python has once. */
const EMPTY = new Uint8Array();

/** Writes one value as Python's own pickler does. */
export class Pickler {
  private readonly out = new Output();
  private readonly protocol: 0 | 4 | 5;
  private readonly notation: Notation;
  private readonly binary: BinaryNotation | undefined;
  private readonly memo: Memo;
  private readonly objects: PythonObjects;
  private readonly path: Path = [];

  constructor(protocol: 0 | 4 | 5) {
    this.protocol = protocol;
    this.binary = protocol === 0 ? undefined : new BinaryNotation(this.out);
    this.notation = this.binary ?? new TextNotation(this.out);
    this.memo = new Memo(this.out, this.notation);
    this.objects = new PythonObjects(this.out, this.notation, this.binary, this.memo);
  }

  dump(value: PyValue): Uint8Array {
    if (this.binary) {
      this.out.byte(op.PROTO);
      this.out.byte(this.protocol);
      this.out.openFrame();
    }
    this.save(value);
    this.out.byte(op.STOP);
    return this.out.finish();
  }

  private save(value: PyValue): void {
    if (typeof value === "string") {
      this.memo.text(value);
      return;
    }
    this.out.boundary();
    if (typeof value === "number") this.number(value);
    else if (typeof value === "boolean") this.notation.bool(value);
    else if (value === null) this.notation.none();
    else if (typeof value === "bigint") this.bigint(value);
    else if (typeof value !== "object") throw unwritable(this.path, `a ${typeof value} has no Python form`);
    else if (value instanceof Float) this.notation.float(value.value);
    else if (!this.memo.recall(value)) this.object(value);
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.notation.int(value);
    else this.notation.float(value);
  }

  private bigint(value: bigint): void {
    if (!isBounded(value)) throw unwritable(this.path, "an int of more digits than Python reads");
    this.notation.int(value);
  }

  private object(value: PyValue & object): void {
    if (this.path.length >= DEEPEST) {
      throw unwritable(this.path.slice(0, 1), `is nested deeper than ${DEEPEST} levels, or contains itself`);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) this.dict(value as PyDict);
    else if (value instanceof Tuple) this.tuple(value);
    else if (Array.isArray(value)) this.list(value);
    else if (value instanceof Map) this.map(value);
    else if (value instanceof Set) this.set(value);
    else if (value instanceof Uint8Array) this.bytes(value);
    else if (value instanceof ByteArray) this.bytearray(value);
    else this.leaf(value);
  }

  private leaf(value: PyValue & object): void {
    if (value instanceof Uuid) {
      this.objects.uuid(value);
      return;
    }
    if (value instanceof Markup) this.objects.markup(value);
    else if (value instanceof DateTime) this.check(this.objects.dateTime(value), "a datetime that Python doesn't have");
    else if (value instanceof Text) this.check(this.objects.text(value), `a ${value.kind} that Python doesn't have`);
    else throw unwritable(this.path, "has no place in a pickle");
    this.memo.remember(value);
  }

  private check(isWritten: boolean, what: string): void {
    if (!isWritten) throw unwritable(this.path, what);
  }

  private list(list: PyValue[]): void {
    this.notation.emptyList();
    const index = this.memo.number();
    const isBatched = this.binary !== undefined && list.length > 1;
    this.items(list, list.length, isBatched ? op.APPENDS : op.APPEND, isBatched);
    this.memo.remember(list, index);
  }

  private tuple(tuple: PyValue[]): void {
    this.notation.openTuple(tuple.length);
    this.items(tuple, tuple.length, undefined, false);
    this.notation.closeTuple(tuple.length);
    // Python has one empty tuple, and doesn't name it.
    if (tuple.length > 0) this.memo.remember(tuple);
  }

  private set(set: Set<PyValue>): void {
    const isFrozen = set instanceof FrozenSet;
    if (this.binary === undefined) {
      this.objects.reduce("__builtin__", isFrozen ? "frozenset" : "set", 1, () => this.list([...set]));
      this.memo.remember(set);
    } else if (isFrozen) {
      this.out.byte(op.MARK);
      this.items(set, set.size, undefined, false);
      this.out.byte(op.FROZENSET);
      this.memo.remember(set);
    } else {
      this.out.byte(op.EMPTY_SET);
      const index = this.memo.number();
      this.items(set, set.size, op.ADDITEMS, true);
      this.endBatches(set.size, op.ADDITEMS);
      this.memo.remember(set, index);
    }
  }

  private items(items: Iterable<PyValue>, count: number, opcode: number | undefined, isBatched: boolean): void {
    let index = 0;
    for (const item of items) {
      this.openBatch(index, isBatched);
      this.path.push(index);
      this.save(item);
      this.path.pop();
      if (opcode !== undefined) this.closeBatch(index, count, opcode, isBatched);
      index++;
    }
  }

  private dict(dict: PyDict): void {
    const keys = Object.keys(dict);
    this.notation.emptyDict();
    const number = this.memo.number();
    const isBatched = this.binary !== undefined && keys.length > 1;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      this.openBatch(index, isBatched);
      this.memo.text(key);
      this.path.push(key);
      this.save(dict[key] as PyValue);
      this.path.pop();
      this.closeBatch(index, keys.length, isBatched ? op.SETITEMS : op.SETITEM, isBatched);
    }
    if (isBatched) this.endBatches(keys.length, op.SETITEMS);
    this.memo.remember(dict, number);
  }

  private map(map: Map<PyValue, PyValue>): void {
    this.notation.emptyDict();
    const number = this.memo.number();
    const isBatched = this.binary !== undefined && map.size > 1;
    let index = 0;
    for (const [key, value] of map) {
      this.openBatch(index, isBatched);
      this.path.push(typeof key === "string" || typeof key === "number" ? key : "key");
      this.save(key);
      this.save(value);
      this.path.pop();
      this.closeBatch(index, map.size, isBatched ? op.SETITEMS : op.SETITEM, isBatched);
      index++;
    }
    if (isBatched) this.endBatches(map.size, op.SETITEMS);
    this.memo.remember(map, number);
  }

  private openBatch(index: number, isBatched: boolean): void {
    if (isBatched && index % BATCH === 0) this.out.byte(op.MARK);
  }

  private closeBatch(index: number, count: number, opcode: number, isBatched: boolean): void {
    if (!isBatched || index % BATCH === BATCH - 1 || index === count - 1) this.out.byte(opcode);
  }

  /** Of a dict and a set, Python finds that there is no more only by beginning one more batch. */
  private endBatches(count: number, opcode: number): void {
    if (count === 0 || count % BATCH !== 0) return;
    this.out.byte(op.MARK);
    this.out.byte(opcode);
  }

  private bytes(bytes: Uint8Array): void {
    if (bytes.length === 0 && this.memo.recall(EMPTY)) return;
    this.objects.bytes(bytes);
    this.memo.remember(bytes.length === 0 ? EMPTY : bytes);
  }

  private bytearray(value: ByteArray): void {
    if (this.binary !== undefined && this.protocol === 5) this.binary.bytearray(value.bytes);
    else this.objects.bytearray(value);
    this.memo.remember(value);
  }
}
