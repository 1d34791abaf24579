import { createHmac, timingSafeEqual } from "node:crypto";
import { randomToken } from "../core/crypto.ts";

/**
 * Whether a form was sent by the page itself. Two checks, either of which is enough where all goes well:
 *
 * - The browser says where the request comes from: `Sec-Fetch-Site`, or, from one that doesn't send it, `Origin`.
 * - The form holds an HMAC over what it does, keyed by a random cookie of this browser: so it can't be made by whoever can't
 *   read the cookie, nor be used for another deed. Over TLS its name begins with `__Host-`, and no neighbour can set it.
 *
 * The key is the browser's and not the process's: so a form works whichever process of an application it reaches.
 */
export interface Seal {
  /** The proof for a form that does `deed`. */
  token(deed: string): string;
  /** Whether `token` is one. */
  verifies(deed: string, token: string): boolean;
  /** The header that gives the browser its key, where it has none. */
  setCookie: string | undefined;
}

const KEY = /^[\w-]{43}$/;

/** The seal of the browser that sent `request`; `secure`: over TLS. */
export function sealOf(request: Request, secure: boolean): Seal {
  const name = secure ? "__Host-dewar-admin" : "dewar-admin";
  const found = keyIn(request.headers.get("cookie") ?? "", name);
  const key = found ?? randomToken(32);
  const token = (deed: string) => createHmac("sha256", key).update(deed).digest("base64url");
  return {
    token,
    verifies: (deed, given) => found !== undefined && isSame(token(deed), given),
    setCookie:
      found === undefined ? `${name}=${key}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}` : undefined,
  };
}

/** Whether the browser says that the request comes from this very origin. */
export function isFromHere(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  // Behind a proxy that ends TLS, the scheme is another one here than there.
  const origin = request.headers.get("origin");
  const { host } = new URL(request.url);
  return origin !== null && URL.canParse(origin) && new URL(origin).host === host;
}

/** Two that differ: one of them was put there by somebody else. */
function keyIn(cookies: string, name: string): string | undefined {
  const values = cookies
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [key] = values;
  return key !== undefined && KEY.test(key) && values.every((value) => value === key) ? key : undefined;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
