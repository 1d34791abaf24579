import type { Buffer } from "node:buffer";
import type { SessionRecord } from "../../codec.ts";
import { fingerprint } from "../../core/crypto.ts";
import { flaskCodec } from "../../flask/codec.ts";
import { decodePayload } from "../../flask/cookie-payload.ts";
import { taggedJson } from "../../flask/formats/tagged-json.ts";
import { unsignId } from "../../flask/signed-id.ts";
import { Signer } from "../../flask/signing.ts";
import { decodeBase64 } from "../../flask/signing-base64.ts";
import { type CookieReport, findSecret, type Judge, noSecret, whichSecret } from "./report.ts";

/** `payload.timestamp.signature`, as itsdangerous writes it with HMAC-SHA1. */
const COOKIE = /^(\.?[\w-]+={0,2})\.([\w-]{1,11})\.([\w-]{27})$/;
const SIGNED_ID = /^([\w-]{16,255})\.([\w-]{27})$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Of 16 to 128 random bytes. 43 characters are read elsewhere: dewar's token has them too. */
const ID = /^[\w-]{22,171}$/;
const COOKIE_SALT = "cookie-session";
const MOST_TIME_BYTES = 8;
const LAST_MOMENT = 8.64e15;

const codec = flaskCodec(taggedJson, [taggedJson]);

/** Flask's own cookie. It is signed, not encrypted: what is in it can be read without the secret. */
export function readFlask(value: string, judge: Judge): CookieReport | undefined {
  const [, payload = "", time = ""] = COOKIE.exec(value) ?? [];
  if (payload === "") return undefined;
  const about = { kind: "flask-cookie" as const, is: "Flask's own cookie: the session itself, signed, not encrypted" };
  const bytes = decodePayload(payload);
  const signedAt = timeIn(time);
  const notes = ["Whoever has the cookie can read what is in it."];
  const record = bytes && recordIn(bytes);
  const found = { ...about, ...datesOf(signedAt, judge.flaskLifetime), ...(record && { record }), notes };
  const broken = brokenPart(payload, bytes, signedAt, record);
  const { secrets } = judge;
  if (secrets.length === 0) {
    const unread = broken ?? "What is in it is shown, and anybody could have written it: give the secret to verify it.";
    return { ...found, verdict: broken === undefined ? "unverified" : "refused", why: unread };
  }
  const position = findSecret(secrets, (secret) => new Signer([secret], COOKIE_SALT).verify(value) !== undefined);
  if (position === undefined) {
    const why = `Its signature is wrong: ${noSecret(secrets, "signed")}. What is shown may be anybody's.`;
    return { ...found, verdict: "refused", why };
  }
  const signed = { ...found, secret: position };
  if (broken !== undefined) return { ...signed, verdict: "refused", why: `It is signed, but ${lower(broken)}` };
  const late = lateness(signedAt, judge);
  if (late !== undefined) return { ...signed, verdict: "refused", why: late };
  return { ...signed, verdict: "verified", why: `Signed by ${whichSecret(position, secrets)}.` };
}

/** An id of Flask-Session's with its signature (`SESSION_USE_SIGNER`). */
export function readSignedId(value: string, { secrets }: Judge): CookieReport | undefined {
  const [, id = ""] = SIGNED_ID.exec(value) ?? [];
  if (id === "") return undefined;
  const is = `an id of Flask-Session's, signed (SESSION_USE_SIGNER)${UUID.test(id) ? ", of version 0.6 or before" : ""}`;
  const about = {
    kind: "flask-session-id" as const,
    is,
    id: fingerprint(id),
    notes: ["The data are in Flask's store."],
  };
  if (secrets.length === 0) return { ...about, verdict: "unverified", why: "Give the secret to verify it (--secret)." };
  const position = findSecret(secrets, (secret) => unsignId(value, secret) !== undefined);
  if (position === undefined) {
    return { ...about, verdict: "refused", why: `Its signature is wrong: ${noSecret(secrets, "signed")}.` };
  }
  return { ...about, verdict: "verified", secret: position, why: `Signed by ${whichSecret(position, secrets)}.` };
}

/** An id of Flask-Session's as it is. */
export function readBareId(value: string): CookieReport | undefined {
  const isUuid = UUID.test(value);
  if (!isUuid && !ID.test(value)) return undefined;
  return {
    kind: "flask-session-id",
    is: isUuid ? "an id of Flask-Session's (0.6 or before), or another UUID" : "a random id, such as Flask-Session's",
    verdict: "unverified",
    why: "It has no signature: only the store can tell whether it is a session's.",
    id: fingerprint(value),
    notes: ["The data are in Flask's store.", `It isn't dewar's: a token has 43 characters, and this ${value.length}.`],
  };
}

function timeIn(text: string): Date | undefined {
  const bytes = decodeBase64(text);
  if (bytes === undefined || bytes.length > MOST_TIME_BYTES) return undefined;
  const time = 1000 * bytes.reduce((seconds, byte) => seconds * 256 + byte, 0);
  return time <= LAST_MOMENT ? new Date(time) : undefined;
}

function datesOf(signedAt: Date | undefined, lifetime: number): Pick<CookieReport, "madeAt" | "endsAt"> {
  if (signedAt === undefined) return {};
  const end = signedAt.getTime() + 1000 * lifetime;
  return { madeAt: signedAt, ...(end <= LAST_MOMENT && { endsAt: new Date(end) }) };
}

function recordIn(bytes: Buffer): SessionRecord | undefined {
  return codec.decode(bytes);
}

function brokenPart(
  payload: string,
  bytes: Buffer | undefined,
  signedAt: Date | undefined,
  record: SessionRecord | undefined,
): string | undefined {
  if (bytes === undefined) {
    const how = payload.startsWith(".") ? "can't be decompressed, or only to more than a megabyte" : "isn't base64";
    return `Its first part, the data, ${how}.`;
  }
  if (record === undefined) return "Its first part, the data, isn't Flask's JSON of a session.";
  if (signedAt === undefined) return "Its second part, the time, isn't one.";
  return undefined;
}

function lateness(signedAt: Date | undefined, { now, flaskLifetime }: Judge): string | undefined {
  if (signedAt === undefined) return undefined;
  const age = Math.floor(now.getTime() / 1000) - signedAt.getTime() / 1000;
  if (age < 0) return `It was signed ${-age} seconds in the future: the clocks of two machines differ.`;
  if (age <= flaskLifetime) return undefined;
  return `It is too old: signed ${age} seconds ago, and good for ${flaskLifetime} (--lifetime).`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
