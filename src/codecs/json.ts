import { Buffer, isUtf8 } from "node:buffer";
import { parse, stringify } from "devalue";
import type { Codec, DeviceUse, Flash, SessionRecord } from "../codec.ts";
import { containsEscapedKey, hasEscapedKey } from "./lib/escaped-keys.ts";
import { assertStorable, isBounded, isJson } from "./lib/values.ts";

/*
 * One flat map: the application's keys, then the reserved ones in this order. Plain JSON begins with "{"; what JSON would
 * bend (Date, Map, Set, BigInt, Uint8Array, undefined, cycles …) is written by devalue and begins with "[".
 */
const RESERVED = ["_permanent", "_user_id", "_created", "_login", "_flashes", "_device", "_rev"] as const;
const BRACE = 0x7b;
const BRACKET = 0x5b;
/** In milliseconds: a `Date` reaches no further. */
const LAST_MOMENT = 8.64e15;
/** The largest payload that any store holds. */
const MOST_BYTES = 16 * 1024 * 1024;

const toText = {
  // Exactly the bytes in view: devalue would write the whole buffer beneath, with whatever else lies in it.
  Bytes: (value: unknown) => value instanceof Uint8Array && [Buffer.from(value).toString("base64")],
  Entries: (value: unknown) => hasEscapedKey(value) && Object.entries(value),
};
const fromText = {
  Bytes: ([text]: [string]) => new Uint8Array(Buffer.from(text, "base64")),
  Entries: (entries: [string, unknown][]) => Object.fromEntries(entries),
};

/**
 * The default codec: JSON where JSON is exact, else `devalue`'s notation. Keeps plain objects, arrays, strings, numbers,
 * booleans, null, undefined, `Date`, `Map`, `Set`, `BigInt`, `Uint8Array` and cycles. Anything else is `ERR_ENCODE` with
 * its path; a reserved key (`_permanent`, `_user_id`, `_created`, `_login`, `_flashes`, `_device`, `_rev`) is a `TypeError`.
 *
 * @example
 * ```ts
 * import { jsonCodec } from "dewar/codecs/json";
 *
 * const bytes = jsonCodec.encode({ data: { cart: ["tea"] }, permanent: true });
 * const record = jsonCodec.decode(bytes); // { data: { cart: ["tea"] }, permanent: true }
 * ```
 */
export const jsonCodec: Codec = {
  encode(record) {
    const { data, flashes } = record;
    const reserved = reservedOf(record);
    if (isJson(data) && isJson(reserved)) {
      const text = joinMaps(JSON.stringify(data), JSON.stringify(reserved));
      if (!text.includes("\\") || !(containsEscapedKey(data) || containsEscapedKey(reserved))) return Buffer.from(text);
    }
    assertStorable(data, "session");
    assertStorable(flashes, "flashes");
    return Buffer.from(escapeSurrogates(stringify({ ...data, ...reserved }, toText)));
  },
  decode(bytes) {
    if (bytes.length > MOST_BYTES || !isUtf8(bytes)) return undefined;
    try {
      if (bytes[0] === BRACE) {
        const flat: unknown = JSON.parse(asBuffer(bytes).toString());
        return isBounded(flat) ? unflatten(flat as Flat) : undefined;
      }
      if (bytes[0] !== BRACKET) return undefined;
      const flat: unknown = parse(asBuffer(bytes).toString(), fromText);
      assertStorable(flat, "session");
      return isFlat(flat) ? unflatten(flat) : undefined;
    } catch {
      // Not JSON, or of a kind that encode never writes. The manager reports `undefined` as an event.
      return undefined;
    }
  },
  revise(bytes, from, to) {
    // The last key of the map, if this is JSON.
    const end = `"_rev":"${from}"}`;
    const at = bytes.length - end.length;
    const own = asBuffer(bytes);
    if (bytes[0] !== BRACE || own.toString("latin1", at) !== end) return undefined;
    const revised = Buffer.allocUnsafe(bytes.length - from.length + to.length);
    own.copy(revised, 0, 0, at);
    revised.write(`"_rev":"${to}"}`, at, "latin1");
    return revised;
  },
};

/** The same bytes: not a copy. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

interface Flat extends Record<string, unknown> {
  _permanent?: boolean;
  _user_id?: string;
  _created?: number;
  _login?: number;
  _flashes?: [category: string, message: unknown][];
  /** The first use, and the last where it differs. */
  _device?: [first: DeviceUse, last?: DeviceUse];
  _rev?: string;
}

function reservedOf(record: SessionRecord): Flat {
  const { data, permanent, subject, createdAt, authenticatedAt, flashes, device, rev } = record;
  for (const key of RESERVED) {
    if (Object.hasOwn(data, key)) throw new TypeError(`session.${key}: this name is reserved; choose another`);
  }
  const reserved: Flat = { _permanent: permanent };
  if (subject !== undefined) reserved._user_id = subject;
  if (createdAt !== undefined) reserved._created = createdAt.getTime();
  if (authenticatedAt !== undefined) reserved._login = authenticatedAt.getTime();
  if (flashes !== undefined && flashes.length > 0)
    reserved._flashes = flashes.map((flash) => [flash.category, flash.message]);
  if (device !== undefined) reserved._device = toUses(device);
  if (rev !== undefined) reserved._rev = rev;
  return reserved;
}

/** Half characters have no UTF-8. JSON.stringify escapes them everywhere; devalue doesn't in keys. */
function escapeSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}

/** One map of two as JSON, without copying either object. The second is never empty. */
function joinMaps(first: string, second: string): string {
  return first === "{}" ? second : `${first.slice(0, -1)},${second.slice(1)}`;
}

function unflatten(flat: Flat): SessionRecord | undefined {
  const { _permanent, _user_id, _created, _login, _flashes, _device, _rev, ...data } = flat;
  const flashes = toFlashes(_flashes);
  if (typeof _permanent !== "boolean" || flashes === "malformed") return undefined;
  if (!isOptional(_user_id, isString) || !isOptional(_rev, isString)) return undefined;
  if (!isOptional(_device, isUses)) return undefined;
  if (!isOptional(_created, isTime) || !isOptional(_login, isTime)) return undefined;

  const record: SessionRecord = { data, permanent: _permanent };
  if (_user_id !== undefined) record.subject = _user_id;
  if (_created !== undefined) record.createdAt = new Date(_created);
  if (_login !== undefined) record.authenticatedAt = new Date(_login);
  if (flashes !== undefined) record.flashes = flashes;
  if (_device !== undefined) record.device = { first: _device[0], last: _device[1] ?? _device[0] };
  if (_rev !== undefined) record.rev = _rev;
  return record;
}

function toFlashes(pairs: unknown): Flash[] | undefined | "malformed" {
  if (pairs === undefined) return undefined;
  if (!Array.isArray(pairs) || Object.keys(pairs).length !== pairs.length) return "malformed";
  const wellFormed = pairs.every((pair) => Array.isArray(pair) && pair.length === 2 && isString(pair[0]));
  return wellFormed ? pairs.map(([category, message]) => ({ category, message })) : "malformed";
}

function toUses({ first, last }: NonNullable<SessionRecord["device"]>): [DeviceUse, DeviceUse?] {
  const isSame = first.userAgent === last.userAgent && first.address === last.address;
  return isSame ? [first] : [first, last];
}

function isUses(value: unknown): boolean {
  return Array.isArray(value) && (value.length === 1 || value.length === 2) && value.every(isUse);
}

function isUse(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { userAgent, address } = value as Record<string, unknown>;
  return isOptional(userAgent, isString) && isOptional(address, isString);
}

function isFlat(value: unknown): value is Flat {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isTime(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= LAST_MOMENT;
}
