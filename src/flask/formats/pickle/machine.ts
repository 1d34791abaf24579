import type { Buffer } from "node:buffer";
import { ByteArray, FrozenSet, type PyDict, type PyValue, setKey, Tuple } from "../../python/values.ts";
import { Arguments } from "./arguments.ts";
import { Global, globalNamed, type Item, UnbuiltUuid } from "./globals.ts";
import { floatFromText, floating, intFromBytes, intFromText } from "./numbers.ts";
import * as op from "./opcodes.ts";
import { fromRawUnicode } from "./text.ts";

const ASCII_0 = 0x30;

/**
 * Runs the opcodes of a pickle that `scan` has seen through. All that it can make is data of our own kinds. A global named
 * on the stack (STACK_GLOBAL) is known only here: one that isn't on the list ends the run, and what was made till then
 * is dropped.
 */
export class Machine {
  /** What was put in the place of another object that may be in the memo: a dict with other keys, a UUID when built. */
  readonly replaced: Map<Item, Item> = new Map();
  private readonly input: Arguments;
  private readonly stack: Item[] = [];
  /** Where each mark stands in the stack; `floor` is the last of them: nothing beneath it is within reach. */
  private readonly marks: number[] = [];
  private floor = 0;
  private readonly memo: Item[] = [];

  constructor(bytes: Buffer) {
    this.input = new Arguments(bytes);
  }

  /** The one item that is left, or `undefined` for what Python wouldn't write. */
  run(): Item | undefined {
    for (;;) {
      const opcode = this.input.uint(1);
      if (opcode === op.STOP) return this.stack.length === 1 && this.marks.length === 0 ? this.stack[0] : undefined;
      if (!this.step(opcode)) return undefined;
    }
  }

  private step(opcode: number): boolean {
    switch (opcode) {
      case op.PROTO:
        return this.input.skip(1);
      case op.FRAME:
        return this.input.skip(8);
      case op.MARK:
        this.floor = this.stack.length;
        this.marks.push(this.floor);
        return true;
      case op.MEMOIZE:
        return this.remember(this.memo.length);
      case op.BINPUT:
        return this.remember(this.input.uint(1));
      case op.LONG_BINPUT:
        return this.remember(this.input.uint(4));
      case op.PUT:
        return this.remember(intFromText(this.input.line()));
      case op.BINGET:
        return this.push(this.recall(this.input.uint(1)));
      case op.LONG_BINGET:
        return this.push(this.recall(this.input.uint(4)));
      case op.GET:
        return this.push(this.recall(intFromText(this.input.line())));
      case op.NONE:
        return this.push(null);
      case op.NEWTRUE:
        return this.push(true);
      case op.NEWFALSE:
        return this.push(false);
      case op.BININT1:
        return this.push(this.input.uint(1));
      case op.BININT2:
        return this.push(this.input.uint(2));
      case op.BININT:
        return this.push(this.input.uint(4) | 0);
      case op.LONG1:
        return this.push(intFromBytes(this.input.sized(1)));
      case op.LONG4:
        return this.push(intFromBytes(this.input.sized(4)));
      case op.INT:
        return this.push(intOrBool(this.input.line()));
      case op.LONG:
        return this.push(intFromText(this.input.line().replace(/L$/, "")));
      case op.BINFLOAT:
        return this.push(floating(this.input.double()));
      case op.FLOAT:
        return this.push(floatFromText(this.input.line()));
      case op.SHORT_BINUNICODE:
        return this.push(this.input.text(1));
      case op.BINUNICODE:
        return this.push(this.input.text(4));
      case op.BINUNICODE8:
        return this.push(this.input.text(8));
      case op.UNICODE:
        return this.push(fromRawUnicode(this.input.line()));
      case op.SHORT_BINBYTES:
        return this.push(new Uint8Array(this.input.sized(1)));
      case op.BINBYTES:
        return this.push(new Uint8Array(this.input.sized(4)));
      case op.BINBYTES8:
        return this.push(new Uint8Array(this.input.sized(8)));
      case op.BYTEARRAY8:
        return this.push(new ByteArray(new Uint8Array(this.input.sized(8))));
      case op.EMPTY_LIST:
        return this.push([]);
      case op.EMPTY_DICT:
        return this.push({});
      case op.EMPTY_SET:
        return this.push(new Set());
      case op.EMPTY_TUPLE:
        return this.push(new Tuple<PyValue>());
      case op.TUPLE1:
        return this.push(tupleOf(this.popSome(1)));
      case op.TUPLE2:
        return this.push(tupleOf(this.popSome(2)));
      case op.TUPLE3:
        return this.push(tupleOf(this.popSome(3)));
      case op.TUPLE:
        return this.push(tupleOf(this.popToMark()));
      case op.LIST:
        return this.list(this.popToMark());
      case op.DICT:
        return this.dict(this.popToMark());
      case op.FROZENSET:
        return this.push(frozenSetOf(this.popToMark()));
      case op.APPEND:
        return this.append(this.popSome(1));
      case op.APPENDS:
        return this.append(this.popToMark());
      case op.SETITEM:
        return this.setItems(this.popSome(2));
      case op.SETITEMS:
        return this.setItems(this.popToMark());
      case op.ADDITEMS:
        return this.addItems(this.popToMark());
      case op.GLOBAL:
        return this.push(globalNamed(this.input.line(), this.input.line()));
      case op.STACK_GLOBAL:
        return this.stackGlobal(this.popSome(2));
      case op.REDUCE:
        return this.apply("reduce", this.popSome(2));
      case op.NEWOBJ:
        return this.apply("newObject", this.popSome(2));
      case op.BUILD:
        return this.build(this.popSome(1));
      default:
        return false;
    }
  }

  private push(item: Item | undefined): boolean {
    if (item === undefined) return false;
    this.stack.push(item);
    return true;
  }

  private popSome(count: number): Item[] | undefined {
    const from = this.stack.length - count;
    return from < this.floor ? undefined : this.stack.splice(from);
  }

  private popToMark(): Item[] | undefined {
    const from = this.marks.pop();
    if (from === undefined) return undefined;
    this.floor = this.marks.at(-1) ?? 0;
    return this.stack.splice(from);
  }

  private top(): Item | undefined {
    return this.stack.length > this.floor ? this.stack.at(-1) : undefined;
  }

  private remember(index: number | bigint | undefined): boolean {
    const item = this.top();
    // Python counts from 0, so that no index reaches the number of bytes: nothing sparse, nothing huge.
    if (item === undefined || typeof index !== "number" || index < 0 || index >= this.input.bytes.length) return false;
    this.memo[index] = item;
    return true;
  }

  private recall(index: number | bigint | undefined): Item | undefined {
    const item = typeof index === "number" ? this.memo[index] : undefined;
    return item === undefined || this.replaced.size === 0 ? item : (this.replaced.get(item) ?? item);
  }

  private replaceTop(item: Item): void {
    this.replaced.set(this.stack.pop() as Item, item);
    this.stack.push(item);
  }

  private append(items: Item[] | undefined): boolean {
    const list = this.top();
    if (items === undefined || !Array.isArray(list) || list instanceof Tuple) return false;
    for (const item of items) list.push(item as PyValue);
    return true;
  }

  private addItems(items: Item[] | undefined): boolean {
    const set = this.top();
    if (items === undefined || !(set instanceof Set) || set instanceof FrozenSet) return false;
    for (const item of items) set.add(item as PyValue);
    return true;
  }

  private list(items: Item[] | undefined): boolean {
    return this.push(items as PyValue[] | undefined);
  }

  private dict(items: Item[] | undefined): boolean {
    return this.push({}) && this.setItems(items);
  }

  private setItems(items: Item[] | undefined): boolean {
    let dict = this.top();
    if (items === undefined || items.length % 2 !== 0) return false;
    for (let index = 0; index < items.length; index += 2) {
      const key = items[index] as PyValue;
      const value = items[index + 1] as PyValue;
      if (dict instanceof Map) {
        dict.set(key, value);
      } else if (!isPlain(dict)) {
        return false;
      } else if (typeof key === "string") {
        setKey(dict, key, value);
      } else {
        dict = mapOf(dict).set(key, value);
        this.replaceTop(dict);
      }
    }
    return true;
  }

  private stackGlobal(names: Item[] | undefined): boolean {
    if (names === undefined) return false;
    const [module, name] = names;
    return typeof module === "string" && typeof name === "string" && this.push(globalNamed(module, name));
  }

  /** Asks the table what the global makes of its arguments. */
  private apply(rule: "reduce" | "newObject", operands: Item[] | undefined): boolean {
    if (operands === undefined) return false;
    const [global, args] = operands;
    return global instanceof Global && args instanceof Tuple && this.push(global[rule](args));
  }

  private build(state: Item[] | undefined): boolean {
    const unbuilt = this.top();
    const fields = state?.[0];
    if (!(unbuilt instanceof UnbuiltUuid) || !isPlain(fields)) return false;
    const built = unbuilt.build(fields);
    if (built === undefined) return false;
    this.replaceTop(built);
    return true;
  }
}

/** Protocol 0 tells a bool from an int by a zero in front. */
function intOrBool(line: string): boolean | number | bigint | undefined {
  if (line.length === 2 && line.charCodeAt(0) === ASCII_0) {
    return line === "01" ? true : line === "00" ? false : undefined;
  }
  return intFromText(line);
}

function tupleOf(items: Item[] | undefined): Tuple<PyValue> | undefined {
  if (items === undefined) return undefined;
  const tuple = new Tuple<PyValue>();
  for (const item of items) tuple.push(item as PyValue);
  return tuple;
}

function frozenSetOf(items: Item[] | undefined): FrozenSet | undefined {
  return items && new FrozenSet(items as PyValue[]);
}

function mapOf(dict: PyDict): Map<PyValue, PyValue> {
  const map = new Map<PyValue, PyValue>();
  for (const key in dict) map.set(key, dict[key] as PyValue);
  return map;
}

function isPlain(item: Item | undefined): item is PyDict {
  return typeof item === "object" && item !== null && Object.getPrototypeOf(item) === Object.prototype;
}
