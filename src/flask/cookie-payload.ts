import { Buffer } from "node:buffer";
import { deflateSync, inflateSync } from "node:zlib";
import { isIncompressible } from "./cookie-incompressible.ts";
import { decodeBase64 } from "./signing-base64.ts";

/** Far more than a cookie holds. Flask itself knows no bound. */
const MOST_BYTES = 1024 * 1024;

/** As itsdangerous puts bytes into a cookie: base64url, of the compressed bytes after a dot where those are fewer. */
export function encodePayload(payload: Uint8Array): string {
  if (!isIncompressible(payload)) {
    const compressed = deflateSync(payload, { chunkSize: payload.length + 64 });
    if (compressed.length < payload.length - 1) return `.${compressed.toString("base64url")}`;
  }
  return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString("base64url");
}

/** `undefined` for what isn't base64, can't be decompressed, or is larger than a megabyte then. */
export function decodePayload(text: string): Buffer | undefined {
  if (!text.startsWith(".")) return decodeBase64(text);
  const compressed = decodeBase64(text.slice(1));
  if (compressed === undefined) return undefined;
  try {
    return inflateSync(compressed, { maxOutputLength: MOST_BYTES, chunkSize: 4 * compressed.length + 64 });
  } catch {
    // Not zlib's, or too large: zlib says so by throwing. Either way it isn't a session.
    return undefined;
  }
}
