import {
  ByteArray,
  DateTime,
  Extension,
  Float,
  FrozenSet,
  Markup,
  type PyValue,
  Text,
  Tuple,
  Uuid,
} from "../../../src/flask/python/values.ts";

/** A Python value as JSON: the notation of `test/flask/python/typed.py`. */
export type Typed = null | boolean | number | string | Typed[] | { [key: string]: Typed };

export function toTyped(value: PyValue): Typed {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : tagged("float", floatText(value));
  if (typeof value === "bigint") return tagged("int", String(value));
  if (value instanceof Float) return tagged("float", floatText(value.value));
  if (value instanceof Uint8Array) return tagged("bytes", hexOf(value));
  if (value instanceof ByteArray) return tagged("bytearray", hexOf(value.bytes));
  if (value instanceof Tuple) return tagged("tuple", Array.from(value, toTyped));
  if (Array.isArray(value)) return value.map(toTyped);
  if (value instanceof FrozenSet) return tagged("frozenset", Array.from(value, toTyped));
  if (value instanceof Set) return tagged("set", Array.from(value, toTyped));
  if (value instanceof DateTime) return tagged("datetime", dateTimeText(value));
  if (value instanceof Text) return tagged(value.kind, value.text);
  if (value instanceof Uuid) return tagged("uuid", String(value));
  if (value instanceof Markup) return tagged("markup", value.html);
  if (value instanceof Extension) return tagged("extension", [value.type, hexOf(value.bytes)]);
  if (value instanceof Map) return pairs([...value]);
  return Object.hasOwn(value, "$") ? pairs(Object.entries(value)) : mapped(Object.entries(value), toTyped);
}

export function fromTyped(json: Typed): PyValue {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map(fromTyped);
  if (!Object.hasOwn(json, "$")) return mapped(Object.entries(json), fromTyped);
  const read = readers[String(json["$"])];
  if (read === undefined) throw new Error(`Typed JSON has no "${json["$"]}".`);
  return read(json["v"] ?? null);
}

const text = (kind: Text["kind"]) => (value: Typed) => new Text(kind, String(value));

const readers: Record<string, (value: Typed) => PyValue> = {
  int: (value) => BigInt(String(value)),
  float: readFloat,
  bytes: bytesOf,
  bytearray: (value) => new ByteArray(bytesOf(value)),
  tuple: (value) => Tuple.from(items(value)),
  set: (value) => new Set(items(value)),
  frozenset: (value) => new FrozenSet(items(value)),
  dict: readPairs,
  datetime: readDateTime,
  date: text("date"),
  time: text("time"),
  timedelta: text("timedelta"),
  decimal: text("decimal"),
  uuid: (value) => new Uuid(String(value)),
  markup: (value) => new Markup(String(value)),
  extension: (value) => {
    const [type, bytes] = array(value);
    return new Extension(Number(type), bytesOf(bytes ?? ""));
  },
};

function tagged(name: string, value: Typed): Typed {
  return { $: name, v: value };
}

function pairs(entries: [PyValue, PyValue][]): Typed {
  return tagged(
    "dict",
    entries.map(([key, value]) => [toTyped(key), toTyped(value)]),
  );
}

function readPairs(value: Typed): PyValue {
  const entries = array(value).map((pair): [PyValue, PyValue] => {
    const [key = null, item = null] = items(pair);
    return [key, item];
  });
  return entries.every(([key]) => typeof key === "string") ? Object.fromEntries(entries) : new Map(entries);
}

/** Unlike an assignment, it takes `"__proto__"` for a key like any other. */
function mapped<From, To>(entries: [string, From][], convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries(entries.map(([key, value]) => [key, convert(value)]));
}

function items(value: Typed): PyValue[] {
  return array(value).map(fromTyped);
}

function array(value: Typed): Typed[] {
  if (!Array.isArray(value)) throw new Error("Typed JSON: expected an array.");
  return value;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function bytesOf(hex: Typed): Uint8Array {
  return new Uint8Array(Buffer.from(String(hex), "hex"));
}

function floatText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(value);
}

function readFloat(value: Typed): PyValue {
  const number = Number(String(value).replace("inf", "Infinity"));
  return Number.isInteger(number) ? new Float(number) : number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

function dateTimeText({ seconds, nanos, offset }: DateTime): string {
  if (nanos % 1000 !== 0) throw new Error("Python's datetime has microseconds, no more.");
  const wall = new Date((seconds + (offset ?? 0)) * 1000).toISOString().slice(0, 19);
  const fraction = nanos === 0 ? "" : `.${String(nanos / 1000).padStart(6, "0")}`;
  return `${wall}${fraction}${offset === undefined ? "" : offsetText(offset)}`;
}

function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const parts = [
    Math.floor(size / HOUR),
    Math.floor((size % HOUR) / MINUTE),
    ...(size % MINUTE ? [size % MINUTE] : []),
  ];
  return (offset < 0 ? "-" : "+") + parts.map((part) => String(part).padStart(2, "0")).join(":");
}

function readDateTime(value: Typed): PyValue {
  const parts = /^(.{19})(?:\.(\d{6}))?(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(String(value));
  if (!parts) throw new Error(`Not a datetime: ${value}`);
  const [, wall, fraction = "0", sign, hours, minutes, rest = "0"] = parts;
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(rest);
  const offset = sign === undefined ? undefined : sign === "-" ? -size : size;
  return new DateTime(Date.parse(`${wall}Z`) / 1000 - (offset ?? 0), Number(fraction) * 1000, offset);
}
