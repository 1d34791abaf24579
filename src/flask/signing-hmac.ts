import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

const BLOCK = 64;
const DIGEST = 20;

/**
 * HMAC-SHA1 under one key (RFC 2104), as two hashes of which the key's half is prepared: half the time of `createHmac`,
 * which sets up streams.
 */
export class HmacSha1 {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(key: Uint8Array) {
    const short = key.length > BLOCK ? hash("sha1", key, "buffer") : key;
    this.#inner = Buffer.alloc(BLOCK, 0x36);
    this.#outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
    for (const [index, byte] of short.entries()) {
      this.#inner[index] = 0x36 ^ byte;
      this.#outer[index] = 0x5c ^ byte;
    }
  }

  /** Of the text's UTF-8. */
  digest(text: string): Buffer {
    return Buffer.from(this.#digest(text, "binary"), "binary");
  }

  /** The same as base64url. */
  base64url(text: string): string {
    return this.#digest(text, "base64url");
  }

  #digest(text: string, encoding: "binary" | "base64url"): string {
    const message = Buffer.allocUnsafe(BLOCK + 3 * text.length);
    this.#inner.copy(message);
    const length = BLOCK + message.write(text, BLOCK);
    this.#outer.write(hash("sha1", message.subarray(0, length), "binary"), BLOCK, "binary");
    return hash("sha1", this.#outer, encoding);
  }
}
