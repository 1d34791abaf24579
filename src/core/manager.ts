import type { ListFilter } from "../store.ts";
import type { Session, SessionData } from "./session.ts";

/** What an adapter knows of who asks. `secure`: over TLS, as the framework sees it (for `cookie.secure: "auto"`). */
export interface Client {
  address?: string;
  userAgent?: string;
  secure?: boolean;
}

/** One session, for a page of devices or an operator. */
export interface SessionInfo {
  /** The public id: takes part in `get`, `revoke` and `revokeAll`'s `except`. */
  id: string;
  /** Continues a listing: `list({ after: cursor })`. */
  cursor: string;
  subject?: string;
  createdAt?: Date;
  authenticatedAt?: Date;
  /** To a tenth of `idleTimeout`. */
  lastUsedAt?: Date;
  /** The absolute end. */
  expiresAt?: Date;
  permanent: boolean;
  data: Partial<SessionData>;
}

/** A response header to add. Set-Cookie is appended, Vary is merged, Cache-Control replaces. */
export type Header = [name: string, value: string];

/** Opens, commits and administers sessions. Adapters call it; call it yourself where there is none: jobs, websockets. */
export interface SessionManager {
  open(cookieHeader: string | null | undefined, client?: Client): Promise<Session>;
  run<T>(session: Session, fn: () => T): T;
  commit(session: Session): Promise<Header[]>;
  list(filter?: ListFilter): AsyncIterable<SessionInfo>;
  get(id: string): Promise<SessionInfo | undefined>;
  revoke(id: string): Promise<boolean>;
  revokeAll(subject: string, options?: { except?: string }): Promise<number>;
  prune(): Promise<number>;
  close(): Promise<void>;
}
