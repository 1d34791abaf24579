import type { Codec } from "../codec.ts";
import { jsonCodec } from "../codecs/json.ts";
import type { Store } from "../store.ts";
import { faultOfStore, noSuchOption } from "./advice.ts";
import { randomToken } from "./crypto.ts";
import type { AddressDetail } from "./device.ts";
import { type Duration, milliseconds } from "./duration.ts";
import type { SessionEvent } from "./events.ts";
import { keepsDevice, keepsRevision } from "./record.ts";
import { sealedWire } from "./sealed-wire.ts";
import { type CookieOptions, type CookieWriter, cookieWriter } from "./set-cookie.ts";
import { tokenWire } from "./token-wire.ts";
import type { RecordWire, TokenWire, Wire } from "./wire.ts";

/**
 * Options of a manager, and of each adapter's `sessions`. Misuse is a `TypeError` when the manager is made, naming the
 * option and what it takes. All that most applications choose is `store` or `secret`.
 *
 * @example
 * ```ts
 * import { createSessionManager } from "dewar";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const manager = createSessionManager({
 *   store: sqliteStore({ file: "sessions.sqlite" }),
 *   idleTimeout: "30m",
 *   lifetime: "12h",
 *   cookie: { sameSite: "strict" },
 * });
 * ```
 */
export interface SessionOptions {
  /**
   * Where sessions are kept. None: in the cookie itself, encrypted; such sessions can't be listed or revoked. Managers
   * that share a store share its sessions: give each a prefix, table or file of its own, or each a `secret`.
   */
  store?: Store;
  /**
   * At least 32 characters, from a random source. Required without a store; with one it signs the token, so that forged
   * ones cost no store command. A list rotates: the first signs and seals, all are accepted.
   */
  secret?: string | readonly string[];
  /** Absolute end, from creation or login. Default `"14d"`. */
  lifetime?: Duration;
  /** Ends a session that isn't used so long; using it moves the end, once a tenth of it has passed. Default `"7d"`. */
  idleTimeout?: Duration;
  /** Whether the cookie outlives the browser. Default `true`. */
  permanent?: boolean;
  /** Its attributes. Default: `session`, for `/` of this very host, HttpOnly, Secure, SameSite=Lax. */
  cookie?: CookieOptions;
  /** The store sees only the SHA-256 of the token, so that a leaked store opens no session. Default `true`. */
  hashIds?: boolean;
  /** Default `jsonCodec`. */
  codec?: Codec;
  /** Reads the store only when `await getSession().load()` asks. Default `false`. */
  lazy?: boolean;
  /**
   * When another request wrote meanwhile. Default `"merge"`, key by key; `"reject"`: `ERR_CONFLICT` (409);
   * `"overwrite"`: this request's data as a whole. None of them revives a session that has ended.
   */
  onConflict?: "merge" | "reject" | "overwrite";
  /**
   * When the store can't be read. Default `"throw"`: `ERR_STORE` (503). `"anonymous"`: the request goes on without data;
   * its cookie is neither set nor cleared, and to write, log in or out is `ERR_STORE`.
   */
  onStoreError?: "throw" | "anonymous";
  /** For a whole open, commit or update, retries included. Default `"2s"`; at most a day. */
  storeTimeout?: Duration;
  /** Of the encoded record. Default 65,536 with a store; `ERR_TOO_LARGE` above. In the cookie 4096, envelope included. */
  maxBytes?: number;
  /** Hears what happens to sessions; what it throws is reported as a process warning. */
  onEvent?: (event: SessionEvent) => void;
  /**
   * Records the browser (User-Agent) and the network of each session's first and last use, for a page of devices or an
   * operator: `SessionInfo.device`. The address is shortened to its network (/24, for IPv6 /48) unless `address: "full"`:
   * these are personal data, so say so to your users, and keep sessions no longer than you need. A change of browser or
   * network costs a write; a request that only reads never fails by it. Needs a store, and a codec that keeps it. Default: off.
   */
  device?: boolean | { address: "network" | "full" };
  /** What stands in the cookie. A list reads all and writes the first. Default: `dewar`'s own. */
  wire?: Wire | readonly Wire[];
}

/** The options, checked and filled in. Times in milliseconds. */
export interface Settings {
  /** Reads all wires, writes the first. */
  keeper: { kind: "store"; store: Store; wires: Wires<TokenWire> } | { kind: "cookie"; wires: Wires<RecordWire> };
  lifetime: number;
  idleTimeout: number;
  permanent: boolean;
  cookie: CookieWriter;
  hashIds: boolean;
  codec: Codec;
  /** The format keeps `rev`: its bytes are canonical, and it has tombstones. */
  ownFormat: boolean;
  lazy: boolean;
  onConflict: "merge" | "reject" | "overwrite";
  onStoreError: "throw" | "anonymous";
  storeTimeout: number;
  maxBytes: number;
  /** What is recorded of who uses a session. */
  device: AddressDetail | undefined;
  emit: (event: SessionEvent) => void;
  /** Seals the cursors of listings, where the store's own would show tokens. */
  cursors: RecordWire | undefined;
}

type Wires<W> = readonly [W, ...W[]];

const KEYS: Record<keyof SessionOptions, true> = {
  store: true,
  secret: true,
  lifetime: true,
  idleTimeout: true,
  permanent: true,
  cookie: true,
  hashIds: true,
  codec: true,
  lazy: true,
  onConflict: true,
  onStoreError: true,
  storeTimeout: true,
  maxBytes: true,
  onEvent: true,
  device: true,
  wire: true,
};
const SHORTEST_SECRET = 32;
/** Timers take no longer delay; a request that waits this long for its session has other problems. */
const LONGEST_STORE_TIMEOUT = 86_400_000;

/** Checks all options. Throws `TypeError`, naming the first that is wrong. */
export function resolveOptions(options: SessionOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("sessions: takes an object of options, with a store or a secret");
  }
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(KEYS, key));
  if (unknown !== undefined) {
    // A request: it was mounted as it is, `app.use(sessions)`.
    if (!isPlain(options)) throw new TypeError("sessions: call it with options; sessions({ store }) is the middleware");
    throw new TypeError(noSuchOption(unknown, Object.keys(KEYS)));
  }
  const { codec = jsonCodec, maxBytes = 64 * 1024, onEvent = ignore } = options;
  const { lifetime = "14d", idleTimeout = "7d", storeTimeout = "2s" } = options;
  checkCodec(codec);
  check(Number.isInteger(maxBytes) && maxBytes > 0, "maxBytes", "a positive number of bytes");
  check(typeof onEvent === "function", "onEvent", "a function");
  const ownCookie = cookieWriter(options.cookie);
  const keeper = resolveKeeper(options, ownCookie.name);
  const foreignCookie = keeper.wires[0].cookie;
  check(options.cookie === undefined || foreignCookie === undefined, "cookie", "nothing: the wire brings its own");
  const lifetimeMs = milliseconds(lifetime, "lifetime");
  const timeoutMs = milliseconds(storeTimeout, "storeTimeout");
  check(timeoutMs <= LONGEST_STORE_TIMEOUT, "storeTimeout", "at most a day");
  const hashIds = flag(options, "hashIds", true);
  // With a secret, a listing can be continued by another process.
  const cursorSecrets = options.secret === undefined ? [randomToken(32)] : resolveSecrets(options.secret);
  return {
    keeper,
    lifetime: lifetimeMs,
    idleTimeout: Math.min(milliseconds(idleTimeout, "idleTimeout"), lifetimeMs),
    permanent: flag(options, "permanent", true),
    cookie: foreignCookie ?? ownCookie,
    hashIds,
    cursors: hashIds ? undefined : sealedWire("list cursor", cursorSecrets),
    codec,
    ownFormat: keepsRevision(codec),
    lazy: flag(options, "lazy", false),
    onConflict: choice(options, "onConflict", ["merge", "reject", "overwrite"]),
    onStoreError: choice(options, "onStoreError", ["throw", "anonymous"]),
    storeTimeout: timeoutMs,
    maxBytes,
    device: resolveDevice(options.device, keeper.kind, codec),
    emit: (event) => notify(onEvent, event),
  };
}

function resolveKeeper(options: SessionOptions, cookieName: string): Settings["keeper"] {
  const { store, secret, wire } = options;
  const secrets = resolveSecrets(secret);
  const wires = wire === undefined ? [] : Array.isArray(wire) ? (wire as readonly Wire[]) : [wire as Wire];
  check(wire === undefined || wires.length > 0, "wire", "a wire, or a list of at least one");
  if (store !== undefined) {
    const fault = faultOfStore(store);
    if (fault !== undefined) throw new TypeError(`store: ${fault}`);
    const tokens = wires.filter((one): one is TokenWire => one?.carries === "token");
    check(tokens.length === wires.length, "wire", 'with a store, wires that carry a "token"');
    return { kind: "store", store, wires: orElse(tokens, () => tokenWire(cookieName, secrets)) };
  }
  const records = wires.filter((one): one is RecordWire => one?.carries === "record");
  check(records.length === wires.length, "wire", 'without a store, wires that carry a "record"');
  const needed = "needed without a store, since the data then travel in the cookie; or give a store";
  const isUnset = (["secret", "store"] as const).find((key) => Object.hasOwn(options, key));
  const hint = isUnset === undefined ? "" : ` (${isUnset} is given, but undefined: is its environment variable set?)`;
  check(secrets.length > 0 || records.length > 0, "secret", `${needed}${hint}`);
  return { kind: "cookie", wires: orElse(records, () => sealedWire(cookieName, secrets)) };
}

function orElse<W>(wires: W[], own: () => W): Wires<W> {
  const [first, ...others] = wires;
  return first === undefined ? [own()] : [first, ...others];
}

function resolveSecrets(secret: SessionOptions["secret"]): readonly string[] {
  if (secret === undefined) return [];
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  const strong = (one: unknown): one is string => typeof one === "string" && one.length >= SHORTEST_SECRET;
  const hint =
    secret === "" ? "this one is empty: is its environment variable set?" : "make one with: openssl rand -base64 32";
  check(
    secrets.length > 0 && secrets.every(strong),
    "secret",
    `a string of at least ${SHORTEST_SECRET} random characters, or a list of such; ${hint}`,
  );
  return secrets.filter(strong);
}

function resolveDevice(device: unknown, keeper: "store" | "cookie", codec: Codec): AddressDetail | undefined {
  if (device === undefined || device === false) return undefined;
  const detail = device === true ? "network" : (device as { address?: unknown } | null)?.address;
  if (detail !== "network" && detail !== "full")
    throw new TypeError('device: true, false or { address: "network" | "full" }');
  check(
    keeper === "store",
    "device",
    "a store beside it: who uses sessions kept in the cookie is known to the browser alone",
  );
  check(
    keepsDevice(codec),
    "device",
    "a codec that keeps it: this one (Flask's have no room for it) drops record.device",
  );
  return detail;
}

function checkCodec(codec: Codec): void {
  const isCodec = typeof codec?.encode === "function" && typeof codec.decode === "function";
  check(isCodec, "codec", "an object with encode(record) and decode(bytes)");
}

function flag(options: SessionOptions, key: "permanent" | "hashIds" | "lazy", fallback: boolean): boolean {
  const { [key]: value = fallback } = options;
  check(typeof value === "boolean", key, "true or false");
  return value;
}

/** The first choice is the default. */
function choice<K extends "onConflict" | "onStoreError">(
  options: SessionOptions,
  key: K,
  choices: readonly [NonNullable<SessionOptions[K]>, ...NonNullable<SessionOptions[K]>[]],
): NonNullable<SessionOptions[K]> {
  const { [key]: chosen } = options;
  const value = chosen === undefined ? choices[0] : chosen;
  check(choices.includes(value), key, choices.map((name) => `"${name}"`).join(" or "));
  return value;
}

function check(holds: boolean, option: keyof SessionOptions, takes: string): void {
  if (!holds) throw new TypeError(`${option}: ${takes}`);
}

/** An observer must not fail the request that it observes, nor fail unseen. */
function notify(onEvent: (event: SessionEvent) => void, event: SessionEvent): void {
  const warn = (error: unknown) => {
    process.emitWarning(`onEvent failed on "${event.type}": ${error instanceof Error ? error.message : String(error)}`);
  };
  try {
    const result: unknown = onEvent(event);
    if (result instanceof Promise) result.catch(warn);
  } catch (error) {
    warn(error);
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function ignore(): void {}
