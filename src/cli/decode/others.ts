import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { fingerprint } from "../../core/crypto.ts";
import { type CookieReport, findSecret, type Judge, noSecret, whichSecret } from "./report.ts";

/** `s:<id>.<HMAC-SHA256, base64 without padding>`. */
const CONNECT_SID = /^s:(.{1,1024})\.([A-Za-z0-9+/]{43})$/s;
const ENCODED_SID = /^s%3a/i;
const IRON = /^Fe26\.2\*/;
const ENCODED_IRON = /^Fe26\.2(\*|%2a)/i;
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]{30,}$/;
const JWE = /^eyJ[\w-]*\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;

/** express-session's cookie, percent-encoded as it goes over the wire, or not. */
export function readConnectSid(value: string, { secrets }: Judge): CookieReport | undefined {
  const plain = ENCODED_SID.test(value) ? decoded(value) : value;
  if (plain === undefined || !plain.startsWith("s:")) return undefined;
  const about = { kind: "express-session" as const, is: "express-session's cookie: a signed id", notes: [] };
  const [, id = "", signature = ""] = CONNECT_SID.exec(plain) ?? [];
  if (id === "") return { ...about, verdict: "refused", why: malformed(plain) };
  const found = { ...about, id: fingerprint(id), notes: ["The data are in the store of express-session."] };
  if (secrets.length === 0) return { ...found, verdict: "unverified", why: "Give the secret to verify it (--secret)." };
  const position = findSecret(secrets, (secret) => isSignature(id, signature, secret));
  if (position === undefined) {
    return { ...found, verdict: "refused", why: `Its signature is wrong: ${noSecret(secrets, "signed")}.` };
  }
  return { ...found, verdict: "verified", secret: position, why: `Signed by ${whichSecret(position, secrets)}.` };
}

/** What is known by its looks, and not by us. */
export function readForeign(value: string): CookieReport | undefined {
  const foreign = (kind: "iron-session" | "jwt", is: string): CookieReport => ({
    kind,
    is,
    verdict: "unverified",
    why: "It isn't dewar's: it is named here, and not verified.",
    notes: [],
  });
  if (IRON.test(value) || ENCODED_IRON.test(value)) {
    return foreign("iron-session", "iron-session's cookie (an Iron seal): encrypted, version 2");
  }
  if (JWE.test(value)) return foreign("jwt", "a JSON Web Token, encrypted (JWE)");
  if (JWT.test(value)) return foreign("jwt", "a JSON Web Token, signed (JWS)");
  return undefined;
}

function isSignature(id: string, signature: string, secret: string): boolean {
  const expected = createHmac("sha256", secret).update(id).digest("base64").replace(/=+$/, "");
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
}

function malformed(plain: string): string {
  const dot = plain.lastIndexOf(".");
  if (dot < 0) return "It is cut off: an id without a signature.";
  return `Its signature has ${plain.length - dot - 1} characters where 43 of base64 are due: it was cut off or changed.`;
}

function decoded(value: string): string | undefined {
  try {
    // Where it was cut off, an escape may have been, too: it stays, as no part of any signature.
    return decodeURIComponent(value.replace(/%(?=[0-9a-f]?$)/i, "%25"));
  } catch {
    // No percent-encoding after all.
    return undefined;
  }
}
