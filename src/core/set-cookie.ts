import { noSuchOption } from "./advice.ts";

/**
 * Attributes of the cookie. The defaults are the strict ones that still let a link from elsewhere find the session.
 *
 * @example
 * ```ts
 * import type { CookieOptions } from "dewar";
 *
 * const bank: CookieOptions = { name: "__Host-session", sameSite: "strict" };
 * ```
 */
export interface CookieOptions {
  /** Default `"session"`. `__Host-` and `__Secure-` prefixes are checked against the other attributes. */
  name?: string;
  /** Default `"/"`. */
  path?: string;
  /** Default: none, so that only the very host gets the cookie. */
  domain?: string;
  /** Default `true`: scripts can't read it. */
  httpOnly?: boolean;
  /** Default `true`. `"auto"`: as the request came, by the framework's own word (mind its proxy setting). */
  secure?: boolean | "auto";
  /** Default `"lax"`. `"none"` needs `secure`. */
  sameSite?: "strict" | "lax" | "none";
  /** Default `false`. A jar for each top-level site (CHIPS); needs `secure: true`. */
  partitioned?: boolean;
}

/** Writes the Set-Cookie lines of one cookie. */
export interface CookieWriter {
  readonly name: string;
  /** Whether "secure" follows the request: else nobody need find out how that came. */
  readonly followsRequest: boolean;
  /** `maxAge` in milliseconds; without it the cookie ends with the browser session. */
  set(value: string, secure: boolean, maxAge?: number): string;
  /** With the attributes it was set with, else the browser keeps it. */
  clear(secure: boolean): string;
}

// RFC 9110, 5.6.2: a cookie's name is a token.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// RFC 6265, 4.1.1: any character but controls and ";".
const PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^\.?(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*$/;
const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" } as const;
const KEYS = ["name", "path", "domain", "httpOnly", "secure", "sameSite", "partitioned"];
/** RFC 6265bis, 5.5: user agents keep no cookie longer than 400 days. */
const LONGEST_SECONDS = 400 * 86_400;

/** Checks the attributes once, so that nothing that a request brings can reach them. Throws `TypeError`. */
export function cookieWriter(options: CookieOptions = {}): CookieWriter {
  if (typeof options !== "object" || options === null) throw new TypeError("cookie: an object of cookie attributes");
  const unknown = Object.keys(options).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new TypeError(noSuchOption(unknown, KEYS, "cookie"));
  const { name = "session", path = "/", domain, httpOnly = true, secure = true } = options;
  const { sameSite = "lax", partitioned = false } = options;

  check(typeof name === "string" && NAME.test(name), "name", "letters, digits and !#$%&'*+-.^_`|~ only");
  check(typeof path === "string" && PATH.test(path), "path", 'a path that begins with "/", without ";" or controls');
  check(domain === undefined || (typeof domain === "string" && DOMAIN.test(domain)), "domain", "a host name");
  check(typeof httpOnly === "boolean", "httpOnly", "true or false");
  check(typeof secure === "boolean" || secure === "auto", "secure", 'true, false or "auto"');
  check(Object.hasOwn(SAME_SITE, sameSite), "sameSite", '"strict", "lax" or "none"');
  check(sameSite !== "none" || secure !== false, "sameSite", '"none" needs secure: browsers drop it otherwise');
  check(typeof partitioned === "boolean", "partitioned", "true or false");
  check(!partitioned || secure === true, "partitioned", "needs secure: true; browsers drop it otherwise");
  checkPrefix(name.toLowerCase(), { path, domain, httpOnly, secure });

  const rest =
    `; Path=${path}` +
    (domain === undefined ? "" : `; Domain=${domain}`) +
    (httpOnly ? "; HttpOnly" : "") +
    `; SameSite=${SAME_SITE[sameSite]}` +
    (partitioned ? "; Partitioned" : "");
  const attributes = (overTls: boolean) =>
    secure === true || (secure === "auto" && overTls) ? `${rest}; Secure` : rest;
  return {
    name,
    followsRequest: secure === "auto",
    set(value, overTls, maxAge) {
      const seconds = maxAge === undefined ? undefined : Math.min(Math.ceil(maxAge / 1000), LONGEST_SECONDS);
      return `${name}=${value}${seconds === undefined ? "" : `; Max-Age=${seconds}`}${attributes(overTls)}`;
    },
    clear: (overTls) => `${name}=; Max-Age=0${attributes(overTls)}`,
  };
}

/** RFC 6265bis, 4.1.3: user agents match the prefixes without regard to case, and drop a cookie that breaks its promise. */
function checkPrefix(
  name: string,
  cookie: { path: string; domain: string | undefined; httpOnly: boolean; secure: boolean | "auto" },
): void {
  const host = name.startsWith("__host-");
  const http = name.startsWith("__http-") || name.startsWith("__host-http-");
  if (host || http || name.startsWith("__secure-"))
    check(cookie.secure === true, "name", "its prefix needs secure: true");
  if (host) check(cookie.path === "/" && cookie.domain === undefined, "name", '__Host- needs path "/" and no domain');
  if (http) check(cookie.httpOnly, "name", "its prefix needs httpOnly: true");
}

function check(holds: boolean, option: keyof CookieOptions, takes: string): void {
  if (!holds) throw new TypeError(`cookie.${option}: ${takes}`);
}
