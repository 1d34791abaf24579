/*
 * Python's values as this library holds them between the bytes of a format and the application. A format reads bytes into
 * them and writes them, exactly: 1.0 stays a float, a tuple a tuple, a naive datetime naive. `toJs` and `fromJs` are the
 * only way between them and what an application sees.
 */

/**
 * A Python value.
 *
 * | Python | here |
 * | --- | --- |
 * | None, bool, str | null, boolean, string |
 * | int | a whole `number` within ±(2^53 − 1), else `bigint` |
 * | float | a `number` with a fraction, infinite or NaN; a whole one (−0.0, too) is a `Float` |
 * | bytes, bytearray | `Uint8Array`, `ByteArray` |
 * | list, tuple, set, frozenset | array (exactly `Array`), `Tuple`, `Set`, `FrozenSet` |
 * | dict | a plain object if all keys are strings, else a `Map` |
 * | datetime, date, time, timedelta, Decimal | `DateTime`, `Text` of its kind |
 * | UUID, Markup | `Uuid`, `Markup` |
 * | a msgpack extension that nobody knows | `Extension` |
 */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyValue[]
  | Set<PyValue>
  | Map<PyValue, PyValue>
  | PyDict
  | Float
  | FrozenSet
  | ByteArray
  | DateTime
  | Text
  | Uuid
  | Markup
  | Extension;

/** A dict whose keys are all strings. `"__proto__"` is a key like any other: see `setKey`. */
export interface PyDict {
  [key: string]: PyValue;
}

/**
 * A Python tuple: an array that stays a tuple when it is stored. (msgpack and JSON know none: there it becomes a list, as
 * Flask-Session's does.)
 *
 * @example
 * ```ts
 * import { Tuple } from "dewar/flask";
 *
 * const point = Tuple.of(3, 4);
 * const [x, y] = point;
 * ```
 */
export class Tuple<T = unknown> extends Array<T> {
  // What map, filter and slice return is a plain array: only who says so gets a tuple.
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/**
 * A Python `uuid.UUID`, in Flask's own cookie and in pickles. (msgpack and JSON write it as its text.)
 *
 * @example
 * ```ts
 * import { Uuid } from "dewar/flask";
 *
 * const id = new Uuid("0b0e3f6c-2c43-4a7e-9d11-5a3f6f0c7a51");
 * console.log(`${id}`);
 * ```
 */
export class Uuid {
  /** 32 lower-case hexadecimal digits. */
  readonly hex: string;

  /** Takes 32 hexadecimal digits, with or without hyphens. Throws `TypeError` for anything else. */
  constructor(text: string) {
    const hex = typeof text === "string" ? text.replaceAll("-", "").toLowerCase() : "";
    if (!/^[0-9a-f]{32}$/.test(hex)) throw new TypeError("Uuid: takes 32 hexadecimal digits, with or without hyphens");
    this.hex = hex;
  }

  toString(): string {
    return this.hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * A `markupsafe.Markup`: text that is HTML already, which a template must not escape again.
 *
 * @example
 * ```ts
 * import { Markup } from "dewar/flask";
 *
 * const note = new Markup("<b>Saved</b>");
 * console.log(note.html);
 * ```
 */
export class Markup {
  readonly html: string;

  /** Throws `TypeError` for what isn't a string. */
  constructor(html: string) {
    if (typeof html !== "string") throw new TypeError("Markup: takes a string of HTML");
    this.html = html;
  }

  toString(): string {
    return this.html;
  }

  toJSON(): string {
    return this.html;
  }
}

/** A float that a JavaScript number can't tell from an int. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export class FrozenSet extends Set<PyValue> {}

export class ByteArray {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A datetime, to the nanosecond (msgpack's; Python itself knows microseconds). */
export class DateTime {
  /** Seconds since the epoch, of the wall clock if `offset` is undefined. */
  readonly seconds: number;
  /** 0 to 999,999,999, forward from `seconds`. */
  readonly nanos: number;
  /** East of UTC, in seconds. `undefined`: naive, which Flask takes for UTC. */
  readonly offset: number | undefined;

  constructor(seconds: number, nanos: number, offset: number | undefined) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.offset = offset;
  }
}

/** What an application sees as text, as msgspec writes it: of a date `2024-02-29`, of a timedelta `P1DT2.5S`. */
export class Text {
  readonly kind: "date" | "time" | "timedelta" | "decimal";
  readonly text: string;

  constructor(kind: Text["kind"], text: string) {
    this.kind = kind;
    this.text = text;
  }
}

export class Extension {
  readonly type: number;
  readonly bytes: Uint8Array;

  constructor(type: number, bytes: Uint8Array) {
    this.type = type;
    this.bytes = bytes;
  }
}

/** Sets a key that may be `"__proto__"`, which an assignment would take for the prototype. */
export function setKey(dict: PyDict, key: string, value: PyValue): void {
  if (key === "__proto__") {
    Object.defineProperty(dict, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    dict[key] = value;
  }
}
