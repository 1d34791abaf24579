import { Buffer } from "node:buffer";
import type { Codec, SessionRecord } from "../../codec.ts";
import { jsonCodec } from "../../codecs/json.ts";
import { fingerprint } from "../../core/crypto.ts";
import { MOST_COOKIE_BYTES, sealedWire } from "../../core/sealed-wire.ts";
import { tokenWire } from "../../core/token-wire.ts";
import { type CookieReport, findSecret, type Judge, noSecret, whichSecret } from "./report.ts";

const TOKEN = /^[\w-]{43}$/;
const SIGNED = /^([\w-]{43})\.([\w-]{43})$/;
const BASE64URL = /^[\w-]+$/;
/** Version, nonce, end and tag, without any record. */
const SHORTEST_SEALED = 1 + 24 + 6 + 16;
const SEALED_VERSION = 1;
/** Names that applications give to the cookie: tried to say that the name is what is wrong. */
const USUAL_NAMES = ["session", "__Host-session", "__Secure-session", "sid", "__Host-sid", "__Secure-sid", "sessionid"];

/** Dewar's signed token: `token.signature`. */
export function readSignedToken(value: string, judge: Judge): CookieReport | undefined {
  const [, token = ""] = SIGNED.exec(value) ?? [];
  if (token === "") return undefined;
  const { secrets } = judge;
  const report = { kind: "dewar-token", is: "a token of dewar's, with a signature", notes: [] } as const;
  const about = { ...report, id: fingerprint(token), notes: ["The data are in the store."] };
  if (secrets.length === 0) return { ...about, verdict: "unverified", why: SECRET_MISSING };
  const verifies = (name: string) =>
    findSecret(secrets, (secret) => tokenWire(name, [secret]).read(value) !== undefined);
  return { ...about, ...verdict(judge, verifies, "signed") };
}

/** 43 characters: dewar's token without a signature, or an id of Flask-Session's. They look the same. */
export function readBareToken(value: string): CookieReport | undefined {
  if (!TOKEN.test(value)) return undefined;
  return {
    kind: "dewar-token",
    is: "a token without a signature: dewar's without a secret, or an id of Flask-Session's (0.7 and later)",
    verdict: "unverified",
    why: "It has no signature: only the store can tell whether it is a session's (--store).",
    id: fingerprint(value),
    notes: ["A manager with a secret refuses it: there, tokens are signed."],
  };
}

/** Dewar's encrypted cookie: the session itself. */
export function readSealed(value: string, judge: Judge, codec: Codec = jsonCodec): CookieReport | undefined {
  if (!BASE64URL.test(value)) return undefined;
  const envelope = Buffer.from(value, "base64url");
  if (envelope.length < SHORTEST_SEALED || envelope[0] !== SEALED_VERSION) return undefined;
  const { secrets, cookieName, now } = judge;
  const about = { kind: "dewar-sealed" as const, is: "an encrypted cookie of dewar's: the session itself", notes: [] };
  if (value.length > MOST_COOKIE_BYTES) {
    const why = `It has ${value.length} bytes, more than the ${MOST_COOKIE_BYTES} that browsers keep and dewar reads.`;
    return { ...about, verdict: "refused", why };
  }
  if (envelope.toString("base64url") !== value) {
    return { ...about, verdict: "refused", why: "Its last character isn't the one that was written: it was changed." };
  }
  if (secrets.length === 0) return { ...about, verdict: "unverified", why: `It is encrypted. ${SECRET_MISSING}` };
  const open = (name: string, secret: string) => sealedWire(name, [secret]).read(value);
  const opens = (name: string) => findSecret(secrets, (secret) => open(name, secret) !== undefined);
  const judged = verdict(judge, opens, "encrypted");
  const opened = judged.secret && open(cookieName, secrets[judged.secret - 1] ?? "");
  if (!opened) return { ...about, ...judged };
  const record = codec.decode(opened.payload);
  const found = { ...about, ...judged, endsAt: opened.expiresAt, ...timesOf(record) };
  if (opened.expiresAt <= now) return { ...found, verdict: "refused", why: "It has ended: it was too long unused." };
  if (record !== undefined) return found;
  return {
    ...found,
    verdict: "refused",
    why: "It opens, but what is in it isn't of dewar's own format (another codec?).",
  };
}

export function timesOf(record: SessionRecord | undefined): Pick<CookieReport, "record" | "madeAt"> {
  if (record === undefined) return {};
  return { record, ...(record.createdAt !== undefined && { madeAt: record.createdAt }) };
}

const SECRET_MISSING = "Give the secret to verify it (--secret, or DEWAR_SECRET).";

/** The name of the cookie is a part of the keys: where it fails under this one, another may be what is wrong. */
function verdict(
  { secrets, cookieName }: Judge,
  verifies: (cookieName: string) => number | undefined,
  did: "signed" | "encrypted",
): Pick<CookieReport, "verdict" | "why" | "secret"> {
  const position = verifies(cookieName);
  if (position !== undefined) {
    const outdated = position > 1 ? ` A use of it sets it again, under the first.` : "";
    const why = `${capital(whichSecret(position, secrets))} has ${did} it, for a cookie named "${cookieName}".${outdated}`;
    return { verdict: "verified", why, secret: position };
  }
  const other = USUAL_NAMES.find((name) => name !== cookieName && verifies(name) !== undefined);
  if (other !== undefined) {
    const why = `It was ${did} for a cookie named "${other}", and is refused as "${cookieName}": the name is bound in (--name).`;
    return { verdict: "refused", why };
  }
  const why = `${capital(noSecret(secrets, did))} for a cookie named "${cookieName}": another secret or name, or it was changed.`;
  return { verdict: "refused", why };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
