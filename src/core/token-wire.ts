import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveKey, randomToken } from "./crypto.ts";
import type { TokenWire } from "./wire.ts";

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const SIGNED = /^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/;
const TOKEN_LENGTH = 43;

/**
 * 256 random bits, base64url (OWASP ASVS 7.2.3 asks for 128). With secrets, `token.signature` with HMAC-SHA256 under a key
 * bound to the cookie's name, so that a forged cookie costs no store command. The first secret signs, all verify.
 */
export function tokenWire(cookieName: string, secrets: readonly string[]): TokenWire {
  const keys = secrets.map((secret) => deriveKey(secret, `token ${cookieName}`));
  const [signingKey] = keys;
  const mint = () => randomToken(TOKEN_BYTES);
  if (signingKey === undefined) {
    return {
      carries: "token",
      verifies: false,
      mint,
      read: (value) => (TOKEN.test(value) ? { token: value, outdated: false } : undefined),
      write: (token) => token,
    };
  }
  return {
    carries: "token",
    verifies: true,
    mint,
    read(value) {
      if (!SIGNED.test(value)) return undefined;
      const token = value.slice(0, TOKEN_LENGTH);
      const signature = Buffer.from(value.slice(TOKEN_LENGTH + 1), "ascii");
      const index = keys.findIndex((key) => timingSafeEqual(Buffer.from(sign(key, token), "ascii"), signature));
      return index === -1 ? undefined : { token, outdated: index > 0 };
    },
    write: (token) => `${token}.${sign(signingKey, token)}`,
  };
}

function sign(key: Buffer, token: string): string {
  return createHmac("sha256", key).update(token).digest("base64url");
}
