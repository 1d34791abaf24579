import { SessionError } from "./errors.ts";
import type { Header } from "./manager.ts";
import { MOST_COOKIE_BYTES } from "./sealed-wire.ts";
import type { State } from "./state.ts";
import type { RecordWire, TokenWire } from "./wire.ts";

const VARY: Header = ["Vary", "Cookie"];
/** A public response with someone's token in a shared cache would sign strangers in. */
const NO_STORE: Header = ["Cache-Control", "no-store"];

/** The headers that a response owes: the cookie, if it is to be set or cleared, and what caches must know. */
export function headersOf(state: State): Header[] {
  const line = cookieLine(state);
  if (line !== undefined) return [["Set-Cookie", line], NO_STORE, VARY];
  return state.touched ? [VARY] : [];
}

function cookieLine(state: State): string | undefined {
  const { owed, settings, secure } = state;
  state.owed = undefined;
  if (owed === undefined) return undefined;
  const { keeper, cookie } = settings;
  if (owed === "clear") {
    if (keeper.kind === "cookie") state.forget();
    return cookie.clear(secure);
  }
  const idleEnd = new Date(Date.now() + settings.idleTimeout);
  if (keeper.kind === "cookie") {
    return cookie.set(
      sealedValue(state, keeper.wires[0], idleEnd),
      secure,
      maxAge(state, keeper.wires[0], idleEnd, idleEnd),
    );
  }
  const wire = keeper.wires[0];
  if (state.token === undefined) return undefined;
  return cookie.set(wire.write(state.token), secure, maxAge(state, wire, idleEnd, state.expiresAt()));
}

/** `undefined`: the cookie ends with the browser session. */
function maxAge(state: State, wire: TokenWire | RecordWire, idle: Date, usual: Date): number | undefined {
  if (!state.record.permanent) return undefined;
  const end = wire.endsAt?.({ absolute: state.expiresAt(), idle }) ?? usual;
  return Math.max(end.getTime() - Date.now(), 0);
}

function sealedValue(state: State, wire: RecordWire, idleEnd: Date): string {
  const { record, settings } = state;
  record.createdAt ??= new Date();
  const payload = settings.codec.encode(record);
  const value = wire.write(payload, idleEnd);
  const length = settings.cookie.name.length + value.length;
  if (length > MOST_COOKIE_BYTES) {
    const message = `the session needs a cookie of ${length} bytes, and browsers keep at most ${MOST_COOKIE_BYTES}: store less, or use a store (dewar/stores/sqlite, dewar/stores/redis)`;
    throw new SessionError("ERR_TOO_LARGE", message);
  }
  state.takeNotes();
  state.rebase(undefined, undefined, payload, record.permanent);
  return value;
}
