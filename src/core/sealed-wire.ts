import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { deriveKey } from "./crypto.ts";
import type { RecordWire } from "./wire.ts";

/*
 * version (1) | nonce (24) | AES-256-GCM of: expiry in ms (6), record | tag (16), as base64url.
 * The first half of the nonce derives the message's own key and the second is GCM's nonce (as XAES-256-GCM does), which
 * lifts the limit of 2^32 messages under one key that random 96-bit nonces would set (NIST SP 800-38D, 8.3).
 * Authenticated beside it: the version. Purpose and cookie name are bound through the key.
 */
const VERSION = 1;
const HALF_NONCE = 12;
const NONCE = 2 * HALF_NONCE;
const TAG = 16;
const EXPIRY = 6;
const SHORTEST = 1 + NONCE + EXPIRY + TAG;
/** RFC 6265bis, 5.5: name and value together; longer cookies are dropped by browsers. */
export const MOST_COOKIE_BYTES = 4096;
const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** The record in the cookie itself: encrypted, authenticated, with its end inside. The first secret seals, all open. */
export function sealedWire(cookieName: string, secrets: readonly string[]): RecordWire {
  const keys = secrets.map((secret) => deriveKey(secret, `sealed ${cookieName}`));
  const [sealingKey] = keys;
  if (sealingKey === undefined) throw new TypeError("secret: needed to keep sessions in the cookie");
  return {
    carries: "record",
    read(value) {
      const envelope = parseEnvelope(value);
      if (envelope === undefined) return undefined;
      for (const [index, key] of keys.entries()) {
        const content = unseal(key, envelope);
        if (content !== undefined) {
          const expiresAt = new Date(content.readUIntBE(0, EXPIRY));
          return { payload: content.subarray(EXPIRY), expiresAt, outdated: index > 0 };
        }
      }
      return undefined;
    },
    write(payload, expiresAt) {
      const content = Buffer.alloc(EXPIRY + payload.length);
      content.writeUIntBE(expiresAt.getTime(), 0, EXPIRY);
      content.set(payload, EXPIRY);
      return seal(sealingKey, content).toString("base64url");
    },
  };
}

/** Undefined for what is no envelope of ours: length, alphabet and version are looked at before any key is used. */
function parseEnvelope(value: string): Buffer | undefined {
  if (value.length > MOST_COOKIE_BYTES || !BASE64URL.test(value)) return undefined;
  const envelope = Buffer.from(value, "base64url");
  if (envelope.length < SHORTEST || envelope[0] !== VERSION) return undefined;
  // The last character of base64url can have bits that decoding ignores: two spellings of one cookie are one too many.
  return envelope.toString("base64url") === value ? envelope : undefined;
}

function seal(key: Buffer, content: Buffer): Buffer {
  const head = Buffer.concat([Buffer.of(VERSION), randomBytes(NONCE)]);
  const cipher = createCipheriv("aes-256-gcm", messageKey(key, head), head.subarray(1 + HALF_NONCE));
  cipher.setAAD(head.subarray(0, 1));
  return Buffer.concat([head, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Buffer, envelope: Buffer): Buffer | undefined {
  const nonce = envelope.subarray(1 + HALF_NONCE, 1 + NONCE);
  const decipher = createDecipheriv("aes-256-gcm", messageKey(key, envelope), nonce, { authTagLength: TAG });
  decipher.setAAD(envelope.subarray(0, 1));
  decipher.setAuthTag(envelope.subarray(-TAG));
  const content = decipher.update(envelope.subarray(1 + NONCE, -TAG));
  try {
    decipher.final();
    return content;
  } catch {
    // Not sealed by this key: node:crypto says so by throwing. The caller tries the next key, or reports a forgery.
    return undefined;
  }
}

function messageKey(key: Buffer, head: Buffer): Buffer {
  return createHmac("sha256", key)
    .update(head.subarray(1, 1 + HALF_NONCE))
    .digest();
}
