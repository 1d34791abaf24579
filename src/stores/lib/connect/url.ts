/** A URL of a store, taken apart. Nothing of it but `scheme` and `authority` belongs in an error. */
export interface StoreUrl {
  /** In lower case, without the colon. */
  scheme: string;
  /** Percent-decoded; "" where there is none. */
  username: string;
  password: string;
  /** The hosts as written, with their ports, separated by commas. */
  authority: string;
  /** As written: percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** All of it but the query: for drivers that read URLs themselves. */
  base: string;
}

/** One of the servers that a URL names. */
export interface Host {
  host: string;
  port: number;
}

const SHAPE = /^(([a-z][a-z0-9+.-]*):(?:\/\/(?:([^/?#]*)@)?([^/?#@]*))?([^?#]*))(?:\?([^#]*))?$/i;
const HOST = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/;

/** Takes `url` apart: by hand, since `URL` has one host only, and puts what it was given into its errors. */
export function parseUrl(url: string | URL): StoreUrl {
  const found = SHAPE.exec(String(url));
  if (!found) throw unreadable();
  const [, base = "", scheme = "", user = "", authority = "", path = "", query = ""] = found;
  if (hasHosts(scheme, base) && !isPlain(authority, path + query)) throw unreadable();
  const [, username = "", password = ""] = /^([^:]*):?(.*)$/.exec(user) ?? [];
  return {
    scheme: scheme.toLowerCase(),
    username: decode(username),
    password: decode(password),
    authority,
    path,
    query: new URLSearchParams(query),
    base,
  };
}

function hasHosts(scheme: string, base: string): boolean {
  return base.startsWith(`${scheme}://`) && !/^(file|sqlite)$/i.test(scheme);
}

/** Whether nothing in it can be a part of a password that had to be percent-encoded, and would end up in errors. */
function isPlain(authority: string, rest: string): boolean {
  return !rest.includes("@") && (authority === "" || authority.split(",").every((entry) => HOST.test(entry)));
}

function unreadable(): TypeError {
  return new TypeError(
    "url: the URL of a store, such as redis://localhost:6379; in names and passwords, percent-encode",
  );
}

/** The servers that `url` names. */
export function hostsOf({ scheme, authority }: StoreUrl, defaultPort: number): Host[] {
  return authority.split(",").map((entry) => {
    const [, ipv6, name, port = defaultPort] = HOST.exec(entry) ?? [];
    const host = ipv6 ?? name;
    if (host === undefined)
      throw new TypeError(`url: ${scheme}:// takes host:port, several of them separated by commas`);
    return { host, port: Number(port) };
  });
}

/** Has a driver read `href`, which holds the password: its own error for one that it can't read may quote it. */
export function readBy<T>(driver: (href: string) => T, href: string): T {
  try {
    return driver(href);
  } catch {
    throw new TypeError("url: the driver can't read it; see there which form it takes, and which options in the query");
  }
}

/** Reads percent-encoding, and keeps what it couldn't read out of the error. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError("url: a % in it that isn't the start of a percent-encoded byte; write %25 for a plain one");
  }
}
