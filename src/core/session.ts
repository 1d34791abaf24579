import type { Flash } from "../codec.ts";

/**
 * The keys of your sessions. Empty by default, so that an unknown key is a type error; declare yours once:
 *
 * @example
 * ```ts
 * declare module "dewar" {
 *   interface SessionData {
 *     cart?: string[];
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add their keys to it
export interface SessionData {}

/**
 * The handle of one request's session: who is logged in, ids, expiry, and what to do with it. It does no I/O but in
 * `load`, `save` and `update`; everything else is a note that the commit at the end of the request carries out.
 */
export interface Session {
  /** The data: a plain object, the same that the framework's property shows. Throws `ERR_NOT_LOADED` when lazy. */
  readonly data: Partial<SessionData>;
  /** The public id: SHA-256 of the token, safe to log and to list. `undefined` until stored, and for cookie sessions. */
  readonly id: string | undefined;
  /** Whether this request came without a live session. */
  readonly isNew: boolean;
  /** Who is logged in. */
  readonly subject: string | undefined;
  /** When it was made; `undefined` until it is stored. */
  readonly createdAt: Date | undefined;
  /** When its user logged in; `undefined` while it is anonymous. */
  readonly authenticatedAt: Date | undefined;
  /** The absolute end: creation or login + `lifetime`. */
  readonly expiresAt: Date;
  /** Whether the cookie outlives the browser ("remember me"). Setting it sets the cookie again. */
  permanent: boolean;
  /**
   * Logs a user in: always a new token; the data stay if the session was anonymous or the same subject's, else they are
   * dropped. The subject is 1 to 255 bytes without NUL, else a `TypeError`. `ERR_HEADERS_SENT` once headers are out.
   */
  login(subject: string): void;
  /** Ends the session, here and in the store, and clears the cookie. */
  logout(): void;
  /** A new token for the same data. `ERR_HEADERS_SENT` once headers are out. */
  regenerate(): void;
  /** Ends the session, like `logout`. */
  destroy(): void;
  /** Removes all data and flash messages; who is logged in stays so. */
  clear(): void;
  /** Keeps a message for the next `flashes()`, in this request or a later one. `category` is `"message"` by default. */
  flash(message: unknown, category?: string): void;
  /** Reads the messages, of one category or all, and removes them. */
  flashes(filter?: { category?: string }): Flash[];
  /** Reads a lazy session; does nothing where it is loaded already. Rejects with `ERR_STORE`. */
  load(): Promise<void>;
  /**
   * Stores the changes now: before streaming, in a websocket. A Set-Cookie that it owes goes out with the response.
   * Rejects with `ERR_SESSION_ENDED` if the session was ended meanwhile, `ERR_HEADERS_SENT` if it would need a cookie
   * too late, `ERR_STORE`, `ERR_CONFLICT`, `ERR_ENCODE` or `ERR_TOO_LARGE`.
   */
  save(): Promise<void>;
  /**
   * Reads, changes and writes the stored data as one step: on a conflict `change` runs again on what is stored now. For
   * counters and the like, where merging by key isn't enough. Rejects as `save` does; after `ERR_STORE` the outcome is
   * unknown.
   *
   * @example
   * ```ts
   * import { getSession } from "dewar";
   *
   * declare module "dewar" {
   *   interface SessionData {
   *     visits?: number;
   *   }
   * }
   *
   * export async function countVisit(): Promise<void> {
   *   await getSession().update((data) => {
   *     data.visits = (data.visits ?? 0) + 1;
   *   });
   * }
   * ```
   */
  update(change: (data: Partial<SessionData>) => void | Promise<void>): Promise<void>;
}
