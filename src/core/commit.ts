/** All that the decision at the end of a request depends on. */
export interface Facts {
  /** Where the data are: in a store, or in the cookie itself. */
  keeper: "store" | "cookie";
  /** What the request's cookie led to. `unread`: lazy, and never loaded. `retired`: a tombstone. */
  found: "nothing" | "live" | "retired" | "unread";
  /** Logged out or destroyed. What was written afterwards is a new session. */
  ended: boolean;
  /** No key, no flash message, no subject is left. */
  empty: boolean;
  /** The record differs from what was read. */
  changed: boolean;
  /** Somebody else uses it than the last time, and that is recorded: another browser or network. */
  used: boolean;
  /** A new token is wanted. */
  move: "none" | "regenerate" | "login";
  /** The cookie is to be set again though its token stays: `permanent` changed, or an old secret had verified it. */
  cookieStale: boolean;
  /** Kept in the cookie, looked at, and a tenth of the idle timeout has passed. */
  due: boolean;
  /** Several genuine cookies that differ: somebody else may have planted one. */
  ambiguous: boolean;
}

/** What to do in the store. `note` stores who uses it, and fails nobody. `replace` by an empty record writes a tombstone; so does `end`, whatever others stored meanwhile. */
type StoreStep = "none" | "note" | "create" | "replace" | "end" | "endAndCreate" | "move";

export interface Plan {
  store: StoreStep;
  cookie: "keep" | "set" | "clear";
  /** What the request changed can't be kept: its session had ended. */
  gone: boolean;
}

/**
 * What a commit does, as a pure function: section 5 of the design is this table. The executor may do less than planned
 * where the store answers that the session has ended meanwhile, never more.
 */
export function decide(facts: Facts): Plan {
  return facts.keeper === "store" ? decideInStore(facts) : decideInCookie(facts);
}

function decideInStore({ found, ended, empty, changed, used, move, cookieStale, ambiguous }: Facts): Plan {
  const login = move === "login";
  // A write under a retired token, or under one of two differing cookies, must not overwrite the newer cookie that
  // another response may just have set. A login may: who he is was just proven.
  if ((found === "retired" || ambiguous) && !login) return plan("none", "keep", !empty);
  if (found === "nothing" || found === "retired") return empty ? plan("none", "keep") : plan("create", "set");
  if (ended) return empty ? plan("end", "clear") : plan("endAndCreate", "set");
  if (found === "unread") return plan("none", "keep");
  // What was read can be empty already only in another system's format.
  if (empty) return changed ? plan("replace", "clear") : plan("none", "keep");
  if (move !== "none") return plan("move", "set");
  return plan(changed ? "replace" : used ? "note" : "none", cookieStale ? "set" : "keep");
}

function decideInCookie({ found, ended, empty, changed, move, cookieStale, due, ambiguous }: Facts): Plan {
  if (ambiguous && move !== "login") return plan("none", "keep", !empty);
  if (empty) return plan("none", found === "live" && (ended || changed) ? "clear" : "keep");
  const isNew = found !== "live" || ended;
  return plan("none", isNew || changed || move !== "none" || cookieStale || due ? "set" : "keep");
}

function plan(store: StoreStep, cookie: Plan["cookie"], gone = false): Plan {
  return { store, cookie, gone };
}
