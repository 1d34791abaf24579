/** One cookie, as a browser keeps it. */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Only `domain` itself gets it, not the hosts below. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Milliseconds since the epoch; `undefined`: until the browser closes. */
  readonly expiresAt: number | undefined;
}

/**
 * What a browser does with cookies, as far as tests of a server need it (RFC 6265bis): domains, paths, Secure (a
 * loopback address counts as secure, as in browsers), Max-Age, Expires, deletion, the order in which cookies are sent.
 * It knows no public suffixes and no SameSite: every request counts as the site's own.
 *
 * @example
 * ```ts
 * import { CookieJar } from "dewar/testing";
 *
 * const jar = new CookieJar();
 * jar.receive(["theme=dark; Path=/; Max-Age=3600"], "https://example.com/");
 * jar.header("https://example.com/cart"); // "theme=dark"
 * ```
 */
export class CookieJar {
  /** In the order of their creation: of two with paths of one length, the older is sent first. */
  readonly #cookies = new Map<string, StoredCookie>();
  readonly #now: () => number;

  /** `now` is the current time in milliseconds since the epoch; by default the machine's. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes the Set-Cookie lines of a response from `url`. What isn't acceptable is ignored, as browsers do. */
  receive(setCookieLines: readonly string[], url: string | URL): void {
    for (const line of setCookieLines) {
      const cookie = parseSetCookie(line, new URL(url), this.#now());
      if (cookie === undefined) continue;
      const key = JSON.stringify([cookie.name, cookie.domain, cookie.path]);
      if (isExpired(cookie, this.#now())) this.#cookies.delete(key);
      else this.#cookies.set(key, cookie);
    }
  }

  /** The Cookie header for a request to `url`, or `undefined` where no cookie belongs there. */
  header(url: string | URL): string | undefined {
    const pairs = this.cookies(url).map(({ name, value }) => (name === "" ? value : `${name}=${value}`));
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }

  /** The cookies that a request to `url` carries, in the order in which they are sent. */
  cookies(url: string | URL): StoredCookie[] {
    const target = new URL(url);
    return [...this.#cookies.values()]
      .filter((cookie) => !isExpired(cookie, this.#now()) && belongsTo(cookie, target))
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** The value of the cookie `name` in a request to `url`. */
  value(name: string, url: string | URL): string | undefined {
    return this.cookies(url).find((cookie) => cookie.name === name)?.value;
  }

  /** Closes the browser: what has no expiry is forgotten. */
  endBrowserSession(): void {
    for (const [key, cookie] of this.#cookies) if (cookie.expiresAt === undefined) this.#cookies.delete(key);
  }

  /** A jar of its own with the same cookies. */
  clone(): CookieJar {
    const copy = new CookieJar(this.#now);
    for (const [key, cookie] of this.#cookies) copy.#cookies.set(key, cookie);
    return copy;
  }
}

function parseSetCookie(line: string, url: URL, now: number): StoredCookie | undefined {
  const [pair = "", ...parts] = line.split(";");
  const [name, value] = splitPair(pair, "value");
  if (name === "" && value === "") return undefined;
  // Later attributes win over earlier ones of the same name, as in browsers.
  const attributes = new Map(parts.map((part) => splitPair(part, "name")).map(([k, v]) => [k.toLowerCase(), v]));

  const host = url.hostname.toLowerCase();
  const domain = (attributes.get("domain") ?? "").replace(/^\./, "").toLowerCase();
  if (domain !== "" && !matchesDomain(host, domain)) return undefined;
  const secure = attributes.has("secure");
  if (secure && !isSecure(url)) return undefined;
  const path = attributes.get("path");
  const explicitPath = path?.startsWith("/") ? path : undefined;
  if (/^__secure-/i.test(name) && !secure) return undefined;
  if (/^__host-/i.test(name) && !(secure && domain === "" && explicitPath === "/")) return undefined;

  return {
    name,
    value,
    domain: domain || host,
    hostOnly: domain === "",
    path: explicitPath ?? defaultPath(url),
    secure,
    expiresAt: expiry(attributes, now),
  };
}

/** `a=b` as `["a", "b"]`; where there is no `=`, it is all name or all value. */
function splitPair(pair: string, bare: "name" | "value"): [name: string, value: string] {
  const equals = pair.indexOf("=");
  if (equals >= 0) return [trim(pair.slice(0, equals)), trim(pair.slice(equals + 1))];
  return bare === "name" ? [trim(pair), ""] : ["", trim(pair)];
}

/** Only space and tab are white space in a cookie; `String.trim` takes more. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

function expiry(attributes: ReadonlyMap<string, string>, now: number): number | undefined {
  const maxAge = attributes.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) > 0 ? now + Number(maxAge) * 1000 : 0;
  const expires = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(expires) ? undefined : expires;
}

function isExpired(cookie: StoredCookie, now: number): boolean {
  return cookie.expiresAt !== undefined && cookie.expiresAt <= now;
}

function belongsTo(cookie: StoredCookie, url: URL): boolean {
  const host = url.hostname.toLowerCase();
  const domainFits = cookie.hostOnly ? host === cookie.domain : matchesDomain(host, cookie.domain);
  return domainFits && matchesPath(url.pathname, cookie.path) && (!cookie.secure || isSecure(url));
}

function matchesDomain(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !isAddress(host));
}

function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function matchesPath(path: string, prefix: string): boolean {
  return path === prefix || (path.startsWith(prefix) && (prefix.endsWith("/") || path[prefix.length] === "/"));
}

function defaultPath(url: URL): string {
  const lastSlash = url.pathname.lastIndexOf("/");
  return lastSlash <= 0 ? "/" : url.pathname.slice(0, lastSlash);
}

function isSecure(url: URL): boolean {
  if (url.protocol === "https:" || url.protocol === "wss:") return true;
  const host = url.hostname;
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}
