import { Buffer, isUtf8 } from "node:buffer";
import { isDict } from "../python/from-js.ts";
import { type PyDict, type PyValue, setKey } from "../python/values.ts";
import type { Format } from "./format.ts";
import { parsePythonJson } from "./tagged-json-parser.ts";
import { untag } from "./tagged-json-tags.ts";
import { TaggedJsonWriter } from "./tagged-json-writer.ts";

/** More than any cookie holds. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The text in Flask's own cookie: JSON in which what JSON doesn't know is an object with one key, its tag. */
export const taggedJson: Format = {
  write: (dict) => Buffer.from(new TaggedJsonWriter().write(dict), "latin1"),
  read(bytes) {
    if (bytes.length > MOST_BYTES || !isUtf8(bytes)) return undefined;
    const value = parsePythonJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    const untagged = value === undefined ? undefined : untag(value);
    return untagged === undefined ? undefined : asDict(untagged);
  },
};

/** As Flask makes a session of what it read: also of None and of pairs. */
function asDict(value: PyValue): PyDict | undefined {
  if (value === null) return {};
  if (!Array.isArray(value)) return isDict(value) ? value : undefined;
  const dict: PyDict = {};
  for (const pair of value) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") return undefined;
    setKey(dict, pair[0], pair[1] as PyValue);
  }
  return dict;
}
