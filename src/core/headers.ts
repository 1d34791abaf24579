import { SessionError } from "./errors.ts";
import type { Header } from "./manager.ts";
import { tooLarge } from "./record.ts";
import { MOST_COOKIE_BYTES } from "./sealed-wire.ts";
import type { State } from "./state.ts";
import type { RecordWire, TokenWire } from "./wire.ts";

const VARY: Header = ["Vary", "Cookie"];
/** A public response with someone's token in a shared cache would sign strangers in. */
const NO_STORE: Header = ["Cache-Control", "no-store"];

/** The headers that a response owes: the cookie, if it is to be set or cleared, and what caches must know. */
export function headersOf(state: State): Header[] {
  const { owed, touched } = state;
  state.owed = undefined;
  if (owed !== undefined) return [["Set-Cookie", owed], NO_STORE, VARY];
  return touched ? [VARY] : [];
}

/** For sessions in a store: notes that the response is to set the cookie to the token, or to clear it. */
export function oweToken(state: State, cookie: "keep" | "set" | "clear", wire: TokenWire): void {
  const { settings, secure, token } = state;
  if (cookie === "clear") state.owed = settings.cookie.clear(secure);
  if (cookie === "set" && token !== undefined) {
    state.outdated = false;
    state.owed = settings.cookie.set(wire.write(token), secure, maxAge(state, wire, state.expiresAt()));
  }
}

/** For sessions in the cookie: seals the record as it is now, which is then the new base, or notes that it is over. */
export function oweRecord(state: State, cookie: "keep" | "set" | "clear", wire: RecordWire): void {
  const { settings, secure, record } = state;
  if (cookie === "keep") return;
  if (cookie === "clear") {
    state.forget();
    state.owed = settings.cookie.clear(secure);
  } else {
    record.createdAt ??= new Date();
    const payload = settings.codec.encode(record, state.stored?.payload);
    if (payload.length > settings.maxBytes) throw tooLarge(payload.length, settings.maxBytes);
    const idleEnd = idleEndOf(state);
    const value = wire.write(payload, idleEnd);
    checkFits(settings.cookie.name.length + value.length);
    state.rebase(undefined, undefined, payload, record.permanent);
    state.outdated = false;
    state.due = false;
    state.owed = settings.cookie.set(value, secure, maxAge(state, wire, idleEnd));
  }
  state.takeNotes();
}

function checkFits(length: number): void {
  if (length <= MOST_COOKIE_BYTES) return;
  const limit = `the session needs a cookie of ${length} bytes, and browsers keep at most ${MOST_COOKIE_BYTES}`;
  const advice = "store less, or use a store (dewar/stores/sqlite, dewar/stores/redis)";
  throw new SessionError("ERR_TOO_LARGE", `${limit}: ${advice}`);
}

/** Milliseconds; `undefined`: the cookie ends with the browser session. */
function maxAge(state: State, wire: TokenWire | RecordWire, usual: Date): number | undefined {
  if (!state.record.permanent) return undefined;
  const end = wire.endsAt?.({ absolute: state.expiresAt(), idle: idleEndOf(state) }) ?? usual;
  return Math.max(end.getTime() - Date.now(), 0);
}

function idleEndOf({ settings }: State): Date {
  return new Date(Date.now() + settings.idleTimeout);
}
