import type { DeviceUse } from "../codec.ts";
import type { ListFilter } from "../store.ts";
import type { Session, SessionData } from "./session.ts";

/** What an adapter knows of who asks. `secure`: over TLS, as the framework sees it (for `cookie.secure: "auto"`). */
export interface Client {
  address?: string | undefined;
  /** The header X-Forwarded-For as it came, which anybody can write. */
  forwardedFor?: string | undefined;
  userAgent?: string | undefined;
  secure?: boolean | undefined;
}

/** One session, for a page of devices or an operator. */
export interface SessionInfo {
  /** The public id: takes part in `get`, `revoke` and `revokeAll`'s `except`. */
  id: string;
  /** Continues a listing: `list({ after: cursor })`. */
  cursor: string;
  /** Who is logged in; none in an anonymous session. */
  subject?: string;
  /** When it was made. */
  createdAt?: Date;
  /** When its user logged in. */
  authenticatedAt?: Date;
  /** To a tenth of `idleTimeout`. */
  lastUsedAt?: Date;
  /** The absolute end. */
  expiresAt?: Date;
  /** Who used it first (at `createdAt`) and last; only with the option `device`. */
  device?: { first: DeviceUse; last: DeviceUse };
  /** Whether its cookie outlives the browser. */
  permanent: boolean;
  /** Bytes of the record as the codec wrote it, in the store. */
  size: number;
  /** A copy: to change it changes nothing. */
  data: Partial<SessionData>;
}

/** A response header to add. Set-Cookie is appended, Vary is merged, Cache-Control replaces. */
export type Header = [name: string, value: string];

/**
 * Opens, commits and administers sessions. Adapters call it; call it yourself where there is none: in jobs, websockets,
 * pages for operators. Made by `createSessionManager`. Whatever asks the store rejects with `ERR_STORE` when that fails.
 *
 * @example
 * ```ts
 * import type { SessionManager } from "dewar";
 *
 * async function changePassword(manager: SessionManager, user: string, ownSession: string): Promise<number> {
 *   return manager.revokeAll(user, { except: ownSession });
 * }
 * ```
 */
export interface SessionManager {
  /**
   * The session that a Cookie header leads to; a new one for a missing, forged, unknown or expired cookie. Rejects with
   * `ERR_STORE` unless `onStoreError` is `"anonymous"`.
   */
  open(cookieHeader: string | null | undefined, client?: Client): Promise<Session>;
  /** Calls `fn` with `session` as what `session` and `getSession()` find, in all that it starts too. */
  run<T>(session: Session, fn: () => T): T;
  /**
   * Stores what was changed, closes the session, and resolves to the response headers to add: Set-Cookie to append,
   * Vary to merge, Cache-Control to replace. Rejects with `ERR_STORE`, `ERR_CONFLICT`, `ERR_ENCODE` or `ERR_TOO_LARGE`;
   * then no header may go out.
   */
  commit(session: Session): Promise<Header[]>;
  /** What lives, of one subject or all; `limit` and `after` (a `cursor`) for pages. `ERR_NOT_SUPPORTED` without a store. */
  list(filter?: ListFilter): AsyncIterable<SessionInfo>;
  /** One session by its public id. `ERR_NOT_SUPPORTED` without a store. */
  get(id: string): Promise<SessionInfo | undefined>;
  /** Ends a session by its public id; resolves to whether there was one. `ERR_NOT_SUPPORTED` without a store. */
  revoke(id: string): Promise<boolean>;
  /**
   * Ends all sessions of a subject, but `except`; resolves to how many. Rejects rather than leave some alive unsaid:
   * `ERR_STORE`, or `ERR_NOT_SUPPORTED` without a store that lists.
   */
  revokeAll(subject: string, options?: { except?: string | undefined }): Promise<number>;
  /** Removes what expired from stores that don't do so by themselves; resolves to how many. */
  prune(): Promise<number>;
  /** Closes what the store itself opened. */
  close(): Promise<void>;
}
