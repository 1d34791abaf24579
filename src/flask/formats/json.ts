import { Buffer, isUtf8 } from "node:buffer";
import type { Format } from "./format.ts";
import { JsonReader } from "./json-reader.ts";
import { textOf } from "./json-writer.ts";

/** JSON, byte for byte as msgspec writes it: Flask-Session's with `SESSION_SERIALIZATION_FORMAT = "json"`. */
export const json: Format = {
  write: (dict) => Buffer.from(textOf(dict)),
  read: (bytes) => (isUtf8(bytes) ? new JsonReader(decoded(bytes)).read() : undefined),
};

function decoded(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
