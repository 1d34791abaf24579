import { createHash, hkdfSync, randomBytes } from "node:crypto";

/** A key of its own for each purpose, so that what was made for one is worthless for another. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `dewar ${purpose}`, 32));
}

/** What the store and the logs know of a token: enough to find the session, worthless as a cookie. */
export function fingerprint(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** `bytes` random bytes from the system's generator, base64url. */
export function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
