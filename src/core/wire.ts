import type { Client } from "./manager.ts";
import type { CookieWriter } from "./set-cookie.ts";

/**
 * What stands in the cookie: a token that finds the record in the store, or the record itself. `dewar` has one of each;
 * another wire makes it read and write the cookies of another system.
 */
export type Wire = TokenWire | RecordWire;

/** For sessions kept in a store. */
export interface TokenWire extends WirePolicy {
  readonly carries: "token";
  /** A new token that nobody can guess. */
  mint(): string;
  /**
   * The token in a cookie's value; `undefined` when it has another shape or doesn't verify. Called before any I/O. `replace`:
   * the session is to get a new token as soon as it is looked at.
   */
  read(value: string): { token: string; outdated: boolean; replace?: boolean } | undefined;
  write(token: string): string;
  /** Whether `read` accepts only values that `write` made: then of two differing cookies both are genuine. */
  readonly verifies: boolean;
}

/** For sessions kept in the cookie. */
export interface RecordWire extends WirePolicy {
  readonly carries: "record";
  /** `outdated`: verified, but not by what `write` uses now (an old secret), so it is to be written again. */
  read(value: string): { payload: Uint8Array; expiresAt: Date; outdated: boolean } | undefined;
  write(payload: Uint8Array, expiresAt: Date): string;
}

/** Where another system's cookie lives by other rules than `dewar`'s own. Those of the first wire count. */
interface WirePolicy {
  /** Writes the Set-Cookie lines in place of the option `cookie`. */
  readonly cookie?: CookieWriter;
  /** Whether using a session puts off its end where nothing is written. Default: yes. */
  readonly sliding?: boolean;
  /** Whether to set the cookie again where nothing else demands it. Default: never. */
  resend?(session: { permanent: boolean; touched: boolean; changed: boolean }): boolean;
  /** When a permanent cookie ends. Default: at the session's absolute end, or (`carries: "record"`) its idle end. */
  endsAt?(ends: { absolute: Date; idle: Date }): Date;
  /** Called when a user logs in: for what another system keeps of it among the data. */
  loggedIn?(data: Record<string, unknown>, client: Client): void;
}
