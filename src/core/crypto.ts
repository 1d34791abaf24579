import { hash, hkdfSync, randomBytes } from "node:crypto";

/** A key of its own for each purpose, so that what was made for one is worthless for another. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `dewar ${purpose}`, 32));
}

/** What the store and the logs know of a token: enough to find the session, worthless as a cookie. */
export function fingerprint(token: string): string {
  return hash("sha256", token, "base64url");
}

/** A token of `bytes` random bytes from the system's generator, base64url. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

const processPart = randomToken(9);
let written = 0;

/** Different in each write of each process. No secret, so a counter does, at a tenth of the cost of random bytes. */
export function freshRevision(): string {
  written++;
  return `${processPart}${written.toString(36)}`;
}
