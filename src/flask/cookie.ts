import { CookieSigner } from "./cookie-signer.ts";
import { taggedJson } from "./formats/tagged-json.ts";
import { fromJs, isDict } from "./python/from-js.ts";
import { toJs } from "./python/to-js.ts";
import { secretsOf } from "./signing.ts";

/** Flask's 31 days, in seconds. */
const LIFETIME = 2_678_400;

/** What `writeFlaskCookie` takes; the names are Flask's. */
export interface WriteFlaskCookieOptions {
  /** Signs. Text (its UTF-8 is the key) or bytes. */
  SECRET_KEY: string | Uint8Array;
  /** The time that is signed with the data. Default: now. */
  now?: Date;
}

/** What `readFlaskCookie` takes; the names are Flask's. */
export interface ReadFlaskCookieOptions extends WriteFlaskCookieOptions {
  /** Older keys, which still verify. */
  SECRET_KEY_FALLBACKS?: readonly (string | Uint8Array)[];
  /** For how many seconds after it was signed a cookie is valid. Default 2678400 (31 days). */
  PERMANENT_SESSION_LIFETIME?: number;
}

/**
 * The data of the cookie in which Flask itself keeps a session; `undefined` if none of the keys signed it, it is too old or
 * from the future, or it can't be read. Throws `TypeError`, naming the option, for a key that is empty or none.
 *
 * A cookie is decided on as by Flask, but for two things: what makes Flask fail (a signed payload that is no session) is
 * `undefined`, and data is limited to a megabyte and 1000 levels.
 *
 * @example
 * ```ts
 * import { readFlaskCookie } from "dewar/flask";
 *
 * const cookie = "eyJ1c2VyX2lkIjo0MiwibmFtZSI6ImFsaWNlIn0.ZVPxAA.DmfzSjaWIXP7QUg5uB0Jg_Tv4iU";
 * const data = readFlaskCookie(cookie, { SECRET_KEY: "dev", now: new Date("2023-11-15") });
 * console.log(data); // { user_id: 42, name: "alice" }
 * ```
 */
export function readFlaskCookie(
  value: string | undefined,
  options: ReadFlaskCookieOptions,
): Record<string, unknown> | undefined {
  const { SECRET_KEY, SECRET_KEY_FALLBACKS, PERMANENT_SESSION_LIFETIME = LIFETIME, now = new Date() } = options;
  const signer = new CookieSigner(secretsOf(SECRET_KEY, SECRET_KEY_FALLBACKS));
  if (!(PERMANENT_SESSION_LIFETIME >= 0)) throw new TypeError("PERMANENT_SESSION_LIFETIME: takes seconds, 0 or more");
  assertTime(now);
  const opened = value === undefined ? undefined : signer.open(value, now, PERMANENT_SESSION_LIFETIME);
  const dict = opened && taggedJson.read(opened.payload);
  return dict === undefined ? undefined : (toJs(dict) as Record<string, unknown>);
}

/**
 * The value of the cookie in which Flask itself would keep `data`: the same bytes, but where the compressor chose others. It is
 * signed, not encrypted: whoever has it can read it. Throws `ERR_ENCODE`, naming the path, for what Flask can't keep in a
 * cookie (a `Set`, a function), and `TypeError` for a wrong option.
 *
 * @example
 * ```ts
 * import { writeFlaskCookie } from "dewar/flask";
 *
 * const value = writeFlaskCookie({ user_id: 42 }, { SECRET_KEY: "dev" });
 * ```
 */
export function writeFlaskCookie(data: Record<string, unknown>, options: WriteFlaskCookieOptions): string {
  const { SECRET_KEY, now = new Date() } = options;
  const signer = new CookieSigner(secretsOf(SECRET_KEY));
  assertTime(now);
  const dict = fromJs(data);
  if (!isDict(dict)) throw new TypeError("data: takes a plain object");
  return signer.sign(taggedJson.write(dict), now);
}

function assertTime(now: Date): void {
  if (!(now instanceof Date && now.getTime() >= 0)) throw new TypeError("now: takes a Date, not before 1970");
}
