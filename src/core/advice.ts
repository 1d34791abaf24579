import type { Store } from "../store.ts";
import { nearest } from "./nearest.ts";

const TIMES = 'idleTimeout and lifetime say how long, in seconds or as "7d"';
const ATTRIBUTE = "it belongs into cookie: { … }";

/** What other libraries for sessions take, and what stands for it here. */
const ELSEWHERE: Record<string, string> = {
  resave: "leave it out: what changed is stored, nothing else",
  saveUninitialized: "leave it out: an empty session is neither stored nor sent",
  rolling: "leave it out: idleTimeout slides by itself",
  unset: "leave it out: getSession().destroy() ends a session",
  genid: "leave it out: tokens are random, and the store sees only their digest",
  proxy: "the framework's own setting counts, such as Express's trust proxy",
  maxAge: TIMES,
  expires: TIMES,
  ttl: TIMES,
  name: ATTRIBUTE,
  cookieName: "it is cookie: { name }",
  cookieOptions: "it is cookie",
  sameSite: ATTRIBUTE,
  httpOnly: ATTRIBUTE,
  secure: ATTRIBUTE,
  password: "it is secret",
  keys: "it is secret, which takes a list, too",
};
const MOST_SLIPS = 2;

/** What to say of an option that there isn't. `of` names the option that it is an attribute of. */
export function noSuchOption(key: string, known: readonly string[], of?: string): string {
  const path = of === undefined ? key : `${of}.${key}`;
  const meant = nearest(key, known, MOST_SLIPS);
  const hint = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : meant && `did you mean ${meant}?`;
  const all = `there are ${known.join(", ")}`;
  return `${path}: no such option; ${hint === undefined ? all : `${hint} (${all})`}`;
}

/** What is wrong with what should be a store; `undefined` for nothing. */
export function faultOfStore(store: unknown): string | undefined {
  if (typeof store === "string") {
    return "a store, not a URL: redisStore({ client }) and the like take a client, await connectStore(url) of dewar/stores makes one";
  }
  if (typeof store === "function") return "a store, not the function that makes one: call it";
  const methods = ["create", "read", "replace", "delete"] as const;
  const isObject = typeof store === "object" && store !== null;
  if (isObject && "then" in store) return "a store, not a promise of one: await it";
  const missing = isObject ? methods.filter((name) => typeof (store as Partial<Store>)[name] !== "function") : methods;
  if (missing.length === 0) return undefined;
  return `a store, such as redisStore({ client }) or sqliteStore({ file }); this has no ${missing.join(", ")}`;
}
