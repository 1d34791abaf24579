import { flaskDict } from "./codec.ts";
import type { Format } from "./formats/format.ts";
import { json } from "./formats/json.ts";
import { msgpack } from "./formats/msgpack.ts";
import { pickle0, pickle4, pickle5 } from "./formats/pickle.ts";
import { fromJs, isDict } from "./python/from-js.ts";
import { toJs } from "./python/to-js.ts";

/** How a server-side session is written: msgpack or JSON since Flask-Session 0.7, else pickle of a protocol. */
export type ValueFormat = "msgpack" | "json" | "pickle0" | "pickle4" | "pickle5";

const FORMATS: Record<ValueFormat, Format> = { msgpack, json, pickle0, pickle4, pickle5 };

/**
 * The data of a session as Flask-Session stored it, in whichever of its formats; `undefined` for what isn't the dict of a
 * session in any of them. Pickles are read as data and nothing else: what would import or call anything is refused.
 *
 * @example
 * ```ts
 * import { readValue } from "dewar/flask";
 *
 * const data = readValue(Buffer.from('{"user_id":42}'));
 * console.log(data); // { user_id: 42 }
 * ```
 */
export function readValue(bytes: Uint8Array): Record<string, unknown> | undefined {
  for (const format of [msgpack, json, pickle5]) {
    const value = format.read(bytes);
    if (value === undefined) continue;
    const found = flaskDict(value, format);
    return found && (toJs(found.dict) as Record<string, unknown>);
  }
  return undefined;
}

/**
 * The bytes that Flask-Session stores for `data`, in one of its formats. Throws `ERR_ENCODE`, naming the path, for a value that
 * has no Python form or no place in the format, and `TypeError` for a format that there isn't.
 *
 * @example
 * ```ts
 * import { writeValue } from "dewar/flask";
 *
 * const bytes = writeValue({ user_id: 42 }, "msgpack");
 * ```
 */
export function writeValue(data: Record<string, unknown>, format: ValueFormat): Uint8Array {
  if (!Object.hasOwn(FORMATS, format)) throw new TypeError(`format: takes one of ${Object.keys(FORMATS).join(", ")}`);
  const dict = fromJs(data);
  if (!isDict(dict)) throw new TypeError("data: takes a plain object");
  return FORMATS[format].write(dict);
}
