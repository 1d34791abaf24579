/**
 * What `onEvent` hears: a closed union by `type`. `id` is the public id of the session (never the token), where one is
 * known. Nothing in an event is secret; all of it may be logged.
 *
 * @example
 * ```ts
 * import { createSessionManager, type SessionEvent } from "dewar";
 * import { memoryStore } from "dewar/stores/memory";
 *
 * const quiet: SessionEvent["type"][] = ["created", "renewed", "replaced"];
 * const manager = createSessionManager({
 *   store: memoryStore(),
 *   onEvent: (event) => quiet.includes(event.type) || console.warn(event),
 * });
 * ```
 */
export type SessionEvent =
  /** A record was made, and its cookie goes out. */
  | { type: "created"; id: string; subject?: string }
  /** Reading moved the idle end. */
  | { type: "renewed"; id: string }
  /** A changed record was stored. */
  | { type: "replaced"; id: string }
  /** Another request had written meanwhile; both changes are stored. `keys` were changed by both: the later write's stand. */
  | { type: "merged"; id: string; keys: readonly string[] }
  /** Login or regeneration: the session goes on under a new id. */
  | { type: "moved"; id: string; from: string; subject?: string }
  /** A change came too late: the session had ended, and nothing was written. */
  | { type: "gone"; id?: string }
  /** `onConflict: "reject"`: the write was refused with `ERR_CONFLICT`. */
  | { type: "conflict"; id: string }
  /** Logged out, destroyed or emptied in a request. */
  | { type: "ended"; id: string }
  /** Ended from outside, by `revoke` or `revokeAll`. */
  | { type: "revoked"; id: string; subject?: string }
  /** A well-formed token that the store doesn't know: expired, ended, or guessed. */
  | { type: "unknown-token"; id: string }
  /** A cookie of our name whose content has the wrong shape or doesn't verify. */
  | { type: "forged" }
  /** Past its absolute lifetime, or (kept in the cookie) past its idle timeout. */
  | { type: "expired"; id?: string }
  /** The stored bytes are not a record; the visitor has a fresh session. */
  | { type: "undecodable"; id?: string }
  /** Several cookies of our name that differ. `resolved`: exactly one counted. */
  | { type: "duplicate-cookie"; resolved: boolean }
  /** The store failed or didn't answer in time. */
  | { type: "store-error"; operation: StoreOperation; error: unknown; id?: string }
  /** A response with a Set-Cookie carried a cacheable `Cache-Control`; it was replaced by `no-store`. */
  | { type: "cache-control"; replaced: string }
  /** A change made after the headers had gone could not be kept, since it needed a cookie or the store failed. */
  | { type: "lost"; error: unknown; id?: string };

/** What the store was doing. */
export type StoreOperation = "create" | "read" | "replace" | "delete" | "list" | "prune";
