import type { Renewal, StoredSession } from "../store.ts";
import { cookieValues } from "./cookie-header.ts";
import type { SessionError } from "./errors.ts";
import { publicIdOf, storeIdOf } from "./ids.ts";
import type { Settings } from "./options.ts";
import type { State } from "./state.ts";
import { TimedStore } from "./timed-store.ts";
import { interpret, type Reading } from "./tombstone.ts";
import type { RecordWire, TokenWire, Wire } from "./wire.ts";

/** A tenth of the idle timeout may pass before using a session moves its end: reading needn't write each time. */
const RENEWAL_FRACTION = 0.1;
/** Two reads can tell which of two unsigned tokens is live; more would let a visitor make us read at will. */
const MOST_READS = 2;

/** Finds what the cookie leads to. A promise only where the store has to be asked. */
export function openState(state: State, header: string | null | undefined): void | Promise<void> {
  if (!header) return;
  const { keeper, cookie } = state.settings;
  const values = cookieValues(header, cookie.name);
  if (values.length === 0) return;
  return keeper.kind === "cookie"
    ? openFromCookie(state, values, keeper.wires)
    : openFromStore(state, values, keeper.wires);
}

/** Reads the store for a lazy session. */
export async function loadState(state: State): Promise<void> {
  const { token, id } = state;
  if (!state.isUnread || token === undefined || id === undefined) return;
  await readToken(state, token, id);
  if (state.found === "unread") state.forget();
  for (const note of state.deferred.splice(0)) note();
}

function openFromCookie(state: State, values: string[], wires: readonly RecordWire[]): void {
  const { settings } = state;
  const genuine = readAll(state, values, wires).filter((content) => {
    const expired = content.expiresAt <= state.openedAt;
    if (expired) settings.emit({ type: "expired" });
    return !expired;
  });
  reportDuplicates(state, values, genuine.length);
  const [content] = genuine;
  if (content === undefined || genuine.length > 1) return;
  state.outdated = content.outdated;
  const due = renewal(settings, state.openedAt);
  state.due = due !== undefined && content.expiresAt < due.ifBefore;
  state.bind(undefined, undefined, { payload: content.payload, version: undefined, renewed: false });
}

function openFromStore(state: State, values: string[], wires: readonly TokenWire[]): void | Promise<void> {
  const { lazy } = state.settings;
  const genuine = readAll(state, values, wires);
  const [content] = genuine;
  if (content === undefined) return;
  if (genuine.length > 1) {
    if (!wires[0]?.verifies && genuine.length <= MOST_READS) return openOneThatLives(state, genuine, values);
    reportDuplicates(state, values, genuine.length);
    return;
  }
  reportDuplicates(state, values, 1);
  adopt(state, content);
  const id = storeIdOf(state.settings, content.token);
  if (!lazy) return readToken(state, content.token, id);
  state.token = content.token;
  state.id = id;
  state.found = "unread";
}

type Content = NonNullable<ReturnType<TokenWire["read"]>>;

interface Found extends Content {
  id: string;
  stored: StoredSession;
  meaning: Reading["state"];
}

function adopt(state: State, { outdated, replace }: Content): void {
  state.outdated = outdated;
  if (replace === true) state.move = "regenerate";
}

/** Without a signature, only the store can tell a planted cookie from ours. */
async function openOneThatLives(state: State, tokens: Content[], values: string[]): Promise<void> {
  const { settings, openedAt } = state;
  const found: Found[] = [];
  for (const content of tokens) {
    const id = storeIdOf(settings, content.token);
    const stored = await read(state, id);
    if (state.unavailable !== undefined) return;
    if (stored === undefined) continue;
    const meaning = interpret(stored.payload, settings.codec, settings.lifetime, openedAt).state;
    found.push({ ...content, id, stored, meaning });
  }
  const living = found.filter(({ meaning }) => meaning === "live");
  reportDuplicates(state, values, Math.max(living.length, 1));
  if (living.length > 1) return;
  // A tombstone counts too: what is written under it must not set a cookie over the newer one.
  const chosen = living[0] ?? found.find(({ meaning }) => meaning === "retired");
  if (chosen === undefined) return;
  adopt(state, chosen);
  state.bind(chosen.token, chosen.id, chosen.stored);
}

async function readToken(state: State, token: string, id: string): Promise<void> {
  const { settings } = state;
  const stored = await read(state, id);
  if (stored === undefined) {
    if (state.unavailable === undefined) settings.emit({ type: "unknown-token", id: publicIdOf(settings, id) });
    return;
  }
  state.bind(token, id, stored);
  if (stored.renewed) settings.emit({ type: "renewed", id: publicIdOf(settings, id) });
}

async function read(state: State, id: string): Promise<StoredSession | undefined> {
  const { settings } = state;
  if (settings.keeper.kind !== "store") return undefined;
  const store = new TimedStore(settings.keeper.store, settings.storeTimeout, settings.emit);
  try {
    return await store.read(id, renewal(settings, state.openedAt));
  } catch (error) {
    if (settings.onStoreError === "throw") throw error;
    state.unavailable = error as SessionError;
    return undefined;
  }
}

function renewal({ idleTimeout, keeper }: Settings, now: Date): Renewal | undefined {
  if (keeper.wires[0].sliding === false) return undefined;
  return {
    ifBefore: new Date(now.getTime() + idleTimeout * (1 - RENEWAL_FRACTION)),
    expiresAt: new Date(now.getTime() + idleTimeout),
  };
}

/** What verifies, in order; a value that doesn't is reported and otherwise as if it weren't there. */
function readAll<W extends Wire>(
  state: State,
  values: string[],
  wires: readonly W[],
): NonNullable<ReturnType<W["read"]>>[] {
  return values.flatMap((value) => {
    for (const [index, wire] of wires.entries()) {
      const content = wire.read(value) as ReturnType<W["read"]> & { outdated: boolean };
      if (content !== undefined) return [{ ...content, outdated: content.outdated || index > 0 }];
    }
    state.settings.emit({ type: "forged" });
    return [];
  });
}

function reportDuplicates(state: State, values: string[], genuine: number): void {
  if (values.length < 2) return;
  state.ambiguous = genuine > 1;
  state.settings.emit({ type: "duplicate-cookie", resolved: !state.ambiguous });
}
