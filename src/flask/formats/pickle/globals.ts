import { Buffer } from "node:buffer";
import { ByteArray, FrozenSet, Markup, type PyDict, type PyValue, Text, Tuple, Uuid } from "../../python/values.ts";
import { dateOf, dateTimeOf, isOffset, timeOf } from "./calendar.ts";
import { durationOf, timedeltaOf } from "./timedelta.ts";

/*
 * The globals that plain data is pickled with. None of them is Python's: each is an entry of a table that says what it
 * makes of which arguments, and takes no others than Python writes.
 */

/** What can stand on the stack: values, and what only helps to make them. */
export type Item = PyValue | Global | UnbuiltUuid | Timezone;

type Make = (args: readonly Item[]) => Item | undefined;

export class Global {
  readonly reduce: Make;
  readonly newObject: Make;

  constructor({ reduce = refuse, newObject = refuse }: { reduce?: Make; newObject?: Make }) {
    this.reduce = reduce;
    this.newObject = newObject;
  }
}

/** A UUID before BUILD brings its digits. */
export class UnbuiltUuid {
  build(state: PyDict): Uuid | undefined {
    const { int, is_safe: isSafe = null, ...rest } = state;
    if (Object.keys(rest).length > 0 || (isSafe !== null && typeof isSafe !== "number")) return undefined;
    if (typeof int !== "number" && typeof int !== "bigint") return undefined;
    const digits = int.toString(16);
    return int >= 0 && digits.length <= 32 ? new Uuid(digits.padStart(32, "0")) : undefined;
  }
}

/** A `datetime.timezone`, which only stands in a datetime or time. */
class Timezone {
  readonly offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }
}

const DECIMAL = /^-?(?:\d+(?:\.\d+)?(?:E[+-]\d{1,17})?|Infinity|s?NaN\d*)$/;

const uuid = new Global({ newObject: (args) => (args.length === 0 ? new UnbuiltUuid() : undefined) });
const markup = new Global({ newObject: ([html, ...rest]) => (rest.length === 0 ? markupOf(html) : undefined) });
const set = new Global({
  reduce: ([items, ...rest]) => (isList(items) && rest.length === 0 ? new Set(items) : undefined),
});
const frozenset = new Global({
  reduce: ([items, ...rest]) => (isList(items) && rest.length === 0 ? new FrozenSet(items) : undefined),
});
const object = new Global({});
const unicode = new Global({});

const GLOBALS: ReadonlyMap<string, Global> = new Map([
  ["datetime.datetime", withZone(dateTimeOf)],
  ["datetime.time", withZone(timeOf)],
  [
    "datetime.date",
    new Global({ reduce: ([state, ...rest]) => (isBytes(state) && rest.length === 0 ? dateOf(state) : undefined) }),
  ],
  ["datetime.timedelta", new Global({ reduce: timedelta })],
  ["datetime.timezone", new Global({ reduce: timezone })],
  ["uuid.UUID", uuid],
  ["decimal.Decimal", new Global({ reduce: decimal })],
  ["markupsafe.Markup", markup],
  ["builtins.set", set],
  ["__builtin__.set", set],
  ["builtins.frozenset", frozenset],
  ["__builtin__.frozenset", frozenset],
  ["__builtin__.object", object],
  ["__builtin__.unicode", unicode],
  ["_codecs.encode", new Global({ reduce: encode })],
  ["copy_reg._reconstructor", new Global({ reduce: reconstruct })],
  // Python 3 writes `b""` so at protocols 0 to 2, and a bytearray up to 4: plain data, which must not cost the session.
  ["__builtin__.bytes", new Global({ reduce: (args) => (args.length === 0 ? new Uint8Array() : undefined) })],
  ["builtins.bytearray", new Global({ reduce: bytearray })],
  ["__builtin__.bytearray", new Global({ reduce: bytearray })],
]);

/** `undefined`: not on the list. */
export function globalNamed(module: string, name: string): Global | undefined {
  return GLOBALS.get(`${module}.${name}`);
}

function refuse(): undefined {
  return undefined;
}

function withZone(make: (state: Uint8Array, offset: number | undefined) => PyValue | undefined): Global {
  return new Global({
    reduce: ([state, zone, ...rest]) =>
      isBytes(state) && (zone === undefined || zone instanceof Timezone) && rest.length === 0
        ? make(state, zone?.offset)
        : undefined,
  });
}

function timedelta([days, seconds, micros, ...rest]: readonly Item[]): Text | undefined {
  if (typeof days !== "number" || typeof seconds !== "number" || typeof micros !== "number") return undefined;
  const text = durationOf({ days, seconds, micros });
  return text === undefined || rest.length > 0 ? undefined : new Text("timedelta", text);
}

/** Its name, if it has one, is left out: it tells nothing about the moment. */
function timezone([offset, name, ...rest]: readonly Item[]): Timezone | undefined {
  if (!(offset instanceof Text) || offset.kind !== "timedelta" || rest.length > 0) return undefined;
  if (name !== undefined && typeof name !== "string") return undefined;
  const parts = timedeltaOf(offset.text);
  if (parts === undefined || parts.micros !== 0) return undefined;
  const seconds = parts.days * 86_400 + parts.seconds;
  return isOffset(seconds) ? new Timezone(seconds) : undefined;
}

function decimal([text, ...rest]: readonly Item[]): Text | undefined {
  return typeof text === "string" && rest.length === 0 && isDecimal(text) ? new Text("decimal", text) : undefined;
}

/** What `str` prints of a `Decimal`. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Bytes, which protocols 0 to 2 know only as text in Latin-1. */
function encode([text, encoding, ...rest]: readonly Item[]): Uint8Array | undefined {
  if (typeof text !== "string" || encoding !== "latin1" || rest.length > 0) return undefined;
  return /^[\0-\xff]*$/.test(text) ? new Uint8Array(Buffer.from(text, "latin1")) : undefined;
}

function bytearray([bytes, ...rest]: readonly Item[]): ByteArray | undefined {
  if (bytes === undefined) return new ByteArray(new Uint8Array());
  return isBytes(bytes) && rest.length === 0 ? new ByteArray(bytes) : undefined;
}

/** What protocols 0 and 1 make of a UUID and of Markup: class, base, and the base's value. */
function reconstruct([kind, base, value, ...rest]: readonly Item[]): Item | undefined {
  if (rest.length > 0) return undefined;
  if (kind === uuid && base === object && value === null) return new UnbuiltUuid();
  return kind === markup && base === unicode ? markupOf(value) : undefined;
}

function markupOf(html: Item | undefined): Markup | undefined {
  return typeof html === "string" ? new Markup(html) : undefined;
}

function isBytes(item: Item | undefined): item is Uint8Array {
  return item instanceof Uint8Array;
}

function isList(item: Item | undefined): item is PyValue[] {
  return Array.isArray(item) && !(item instanceof Tuple);
}
