import { Buffer } from "node:buffer";
import { decodePayload, encodePayload } from "./cookie-payload.ts";
import { type Secret, Signer } from "./signing.ts";
import { decodeBase64 } from "./signing-base64.ts";

const SALT = "cookie-session";
/** Python reads a timestamp as an integer of 64 bits. */
const MOST_TIME_BYTES = 8;

/** What a cookie held. */
export interface Opened {
  payload: Buffer;
  signedAt: Date;
  /** Which key signed it: 0 is the current one. */
  key: number;
}

/** Flask's own cookie, `payload.timestamp.signature`: signed, not encrypted. */
export class CookieSigner {
  readonly #signer: Signer;

  /** The first secret signs, all open. */
  constructor(secrets: readonly [Secret, ...Secret[]]) {
    this.#signer = new Signer(secrets, SALT);
  }

  sign(payload: Uint8Array, now: Date): string {
    return this.#signer.sign(`${encodePayload(payload)}.${encodeTime(secondsOf(now))}`);
  }

  /** `undefined` unless one of the keys signed it at most `lifetime` seconds ago, and not in the future. */
  open(value: string, now: Date, lifetime: number): Opened | undefined {
    const verified = this.#signer.verify(value);
    if (verified === undefined) return undefined;
    const { text, key } = verified;
    const dot = text.lastIndexOf(".");
    const time = dot < 0 ? undefined : decodeTime(text.slice(dot + 1));
    if (time === undefined) return undefined;
    const age = secondsOf(now) - time;
    if (age < 0 || age > Math.trunc(lifetime)) return undefined;
    const payload = decodePayload(text.slice(0, dot));
    return payload && { payload, signedAt: new Date(time * 1000), key };
  }
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function encodeTime(seconds: number): string {
  const digits = seconds === 0 ? "" : seconds.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex").toString("base64url");
}

function decodeTime(text: string): number | undefined {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length > MOST_TIME_BYTES) return undefined;
  // What is too large for a number to be exact is in the future, whatever it is exactly.
  return bytes.reduce((seconds, byte) => seconds * 256 + byte, 0);
}
