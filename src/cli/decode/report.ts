import type { SessionRecord } from "../../codec.ts";

/** What a cookie's value turned out to be. */
type CookieKind =
  | "dewar-token"
  | "dewar-sealed"
  | "flask-cookie"
  | "flask-session-id"
  | "express-session"
  | "iron-session"
  | "jwt"
  | "unknown";

/** What is known of one cookie. Holds neither its token nor a secret. */
export interface CookieReport {
  /** The cookie's name, where it was given. */
  name?: string;
  kind: CookieKind;
  /** The kind in words. */
  is: string;
  /** `unverified`: there was nothing to verify it with, or nothing in it to verify. */
  verdict: "verified" | "refused" | "unverified";
  /** Why, in a sentence. */
  why: string;
  /** Which of the secrets it verifies under; 1 is the first. */
  secret?: number;
  /** The SHA-256 of the token: what `dewar show` takes, where the ids in the store are hashed. */
  id?: string;
  madeAt?: Date;
  endsAt?: Date;
  /** What is in it, or in the store under it. */
  record?: SessionRecord;
  notes: string[];
}

/** What cookies are judged by. */
export interface Judge {
  /** Tried in their order. */
  secrets: readonly string[];
  /** The cookie's name, which dewar binds into its keys. */
  cookieName: string;
  now: Date;
  /** For how many seconds Flask takes its own cookie after it was signed. */
  flaskLifetime: number;
}

/** One way to read a cookie's value; `undefined` where it has another shape. */
export type Reader = (value: string, judge: Judge) => CookieReport | undefined;

/** Which secret a value verifies under, by trying one after the other. */
export function findSecret(secrets: readonly string[], verifies: (secret: string) => boolean): number | undefined {
  const index = secrets.findIndex((secret) => secret !== "" && verifies(secret));
  return index < 0 ? undefined : index + 1;
}

/** "the secret", or "the 2nd of 3 secrets". */
export function whichSecret(position: number, secrets: readonly string[]): string {
  if (secrets.length === 1) return "the secret";
  const ending = ["st", "nd", "rd"][position - 1] ?? "th";
  return `the ${position}${ending} of ${secrets.length} secrets`;
}

/** "the secret", or "none of the 3 secrets": what failed. */
export function noSecret(secrets: readonly string[], did: string): string {
  return secrets.length === 1 ? `the secret given hasn't ${did} it` : `none of the ${secrets.length} secrets ${did} it`;
}
