import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { decodeBase64 } from "./signing-base64.ts";
import { HmacSha1 } from "./signing-hmac.ts";

/** A key as Flask takes it: text (its UTF-8 is the key) or bytes. */
export type Secret = string | Uint8Array;

/** What a signature was found to cover, and by which of the keys: 0 is the first. */
export interface Verified {
  text: string;
  key: number;
}

/** itsdangerous' signer: `text.signature`, by HMAC-SHA1. The first key signs, all verify, in their order. */
export class Signer {
  readonly #keys: readonly [HmacSha1, ...HmacSha1[]];

  constructor([first, ...others]: readonly [Secret, ...Secret[]], salt: string) {
    this.#keys = [derivedKey(first, salt), ...others.map((secret) => derivedKey(secret, salt))];
  }

  sign(text: string): string {
    return `${text}.${this.#keys[0].base64url(text)}`;
  }

  /** As lenient as Flask with the notation of a signature: a value has other spellings that verify. */
  verify(value: string): Verified | undefined {
    const dot = value.lastIndexOf(".");
    if (dot < 0) return undefined;
    const signature = decodeBase64(value.slice(dot + 1));
    if (signature === undefined) return undefined;
    const text = value.slice(0, dot);
    const key = this.#keys.findIndex((candidate) => isEqual(candidate.digest(text), signature));
    return key < 0 ? undefined : { text, key };
  }
}

/** The keys in the order in which Flask tries them: `SECRET_KEY`, then the fallbacks from the last. */
export function secretsOf(secret: unknown, fallbacks: unknown = []): [Secret, ...Secret[]] {
  if (!Array.isArray(fallbacks)) {
    throw new TypeError("SECRET_KEY_FALLBACKS: takes an array of keys (Flask splits a string into keys of one letter)");
  }
  const older = fallbacks.map((fallback: unknown, index) => asSecret(fallback, `SECRET_KEY_FALLBACKS[${index}]`));
  return [asSecret(secret, "SECRET_KEY"), ...older.reverse()];
}

function asSecret(value: unknown, name: string): Secret {
  const isKey = value instanceof Uint8Array || (typeof value === "string" && value.isWellFormed());
  if (!isKey || value.length === 0) throw new TypeError(`${name}: takes a key that isn't empty, as text or Uint8Array`);
  return value;
}

const MOST_KEPT = 64;
const kept = new Map<string, HmacSha1>();

/** Derived once: to derive one costs as much as to verify a cookie. */
function derivedKey(secret: Secret, salt: string): HmacSha1 {
  const name = `${salt} ${typeof secret === "string" ? `text ${secret}` : `bytes ${Buffer.from(secret).toString("latin1")}`}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const key = new HmacSha1(new HmacSha1(Buffer.from(secret)).digest(salt));
  if (kept.size === MOST_KEPT) kept.clear();
  kept.set(name, key);
  return key;
}

function isEqual(expected: Buffer, signature: Buffer): boolean {
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}
