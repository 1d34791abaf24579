import type { CookieWriter } from "../core/set-cookie.ts";

/** The attributes of Flask's session cookie, under the names of its configuration. */
export interface FlaskCookieConfig {
  /** Default `"session"`. */
  SESSION_COOKIE_NAME?: string;
  /** Default: none, so that only the very host gets the cookie. */
  SESSION_COOKIE_DOMAIN?: string | null;
  /** Default: `APPLICATION_ROOT`. */
  SESSION_COOKIE_PATH?: string | null;
  /** Default `true`. */
  SESSION_COOKIE_HTTPONLY?: boolean;
  /** Default `false`, as in Flask: set it to `true` wherever you have TLS. */
  SESSION_COOKIE_SECURE?: boolean;
  /** Default: no attribute, as in Flask. */
  SESSION_COOKIE_SAMESITE?: "Lax" | "Strict" | "None" | null;
  /** Default `false`; sets Secure too. Flask-Session ignores it, so it counts for Flask's own cookie only. */
  SESSION_COOKIE_PARTITIONED?: boolean;
  /** Default `"/"`. */
  APPLICATION_ROOT?: string;
}

// RFC 9110, 5.6.2; RFC 6265, 4.1.1.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;
const DOMAIN = /^(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*$/;
const BEGINNING = new Date(0).toUTCString();

/** Writes Set-Cookie lines as Flask's server does: an Expires and no Max-Age, and the attributes in the same order. */
export function flaskCookieWriter(config: FlaskCookieConfig, keepsPartitioned: boolean): CookieWriter {
  const { SESSION_COOKIE_NAME: name = "session", SESSION_COOKIE_HTTPONLY: httpOnly = true } = config;
  const { SESSION_COOKIE_SAMESITE: sameSite, SESSION_COOKIE_PATH: path, APPLICATION_ROOT: root = "/" } = config;
  check(typeof name === "string" && NAME.test(name), "SESSION_COOKIE_NAME", "letters, digits and !#$%&'*+-.^_`|~ only");
  const at = path ?? root;
  const pathKey = path == null ? "APPLICATION_ROOT" : "SESSION_COOKIE_PATH";
  check(typeof at === "string" && PATH.test(at), pathKey, 'a path that begins with "/", without ";" or controls');
  for (const key of ["SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_PARTITIONED"] as const) {
    check(config[key] === undefined || typeof config[key] === "boolean", key, "true or false");
  }
  const isSameSite = sameSite == null || ["Lax", "Strict", "None"].includes(sameSite);
  check(isSameSite, "SESSION_COOKIE_SAMESITE", '"Lax", "Strict", "None" (as text), or null');

  const partitioned = keepsPartitioned && config.SESSION_COOKIE_PARTITIONED === true;
  const secure = config.SESSION_COOKIE_SECURE === true || partitioned;
  const domain = domainOf(config.SESSION_COOKIE_DOMAIN);
  const first = domain === undefined ? "" : `; Domain=${domain}`;
  const rest =
    (secure ? "; Secure" : "") +
    (httpOnly ? "; HttpOnly" : "") +
    `; Path=${at}` +
    (sameSite == null ? "" : `; SameSite=${sameSite}`) +
    (partitioned ? "; Partitioned" : "");
  return {
    name,
    followsRequest: false,
    set(value, _overTls, maxAge) {
      const expires = maxAge === undefined ? "" : `; Expires=${new Date(Date.now() + maxAge).toUTCString()}`;
      return `${name}=${value}${first}${expires}${rest}`;
    },
    clear: () => `${name}=${first}; Expires=${BEGINNING}; Max-Age=0${rest}`,
  };
}

/** As Flask's server writes it: without a leading dot, and without a port. */
function domainOf(domain: string | null | undefined): string | undefined {
  if (domain == null || domain === "") return undefined;
  const host = typeof domain === "string" ? domain.replace(/:.*$/, "").replace(/^\.+/, "") : "";
  check(DOMAIN.test(host), "SESSION_COOKIE_DOMAIN", "the name of a host");
  return host;
}

function check(holds: boolean, key: keyof FlaskCookieConfig, takes: string): asserts holds {
  if (!holds) throw new TypeError(`${key}: ${takes}`);
}
