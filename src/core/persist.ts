import type { SessionRecord } from "../codec.ts";
import { bringIn, catchUp, copyOf } from "./catch-up.ts";
import { decide, type Plan } from "./commit.ts";
import { SessionError } from "./errors.ts";
import { execute, type Fate, reportGone } from "./execute.ts";
import { oweRecord, oweToken } from "./headers.ts";
import { type WaitingChange, writeInTurn } from "./joint-write.ts";
import { loadState } from "./open.ts";
import type { KeyedQueue } from "./queue.ts";
import { isEmpty } from "./record.ts";
import type { SessionData } from "./session.ts";
import type { State } from "./state.ts";
import { TimedStore, within } from "./timed-store.ts";
import { Writer } from "./writer.ts";

/** Carries out what `decide` says, and leaves in the state what the cookie owes. A promise only where the store is asked. */
export function persist(state: State, queue: KeyedQueue<WaitingChange>): Fate | Promise<Fate> {
  if (state.isUnread && state.move !== "none") return loadState(state).then(() => persist(state, queue));
  const facts = state.facts();
  // After the facts: who uses it is nothing that the request changed.
  const plan = decide({ ...facts, used: state.touched && state.noteUse() });
  const idle = plan.store === "none" && plan.cookie === "keep";
  if (state.unavailable !== undefined && !idle) throw state.unavailable;
  if (plan.gone && state.leftover === undefined) return reportGone(state);
  if (state.headersSent && plan.cookie === "set") return persistTooLate(state, plan, queue);
  return carryOut(state, plan, queue);
}

/** Runs `change` on what is stored, as one step, and brings the data at hand up to it. */
export async function updateStored(
  state: State,
  queue: KeyedQueue<WaitingChange>,
  change: (data: Partial<SessionData>) => void | Promise<void>,
): Promise<Fate> {
  const { settings } = state;
  if ((state.ended || state.move !== "none") && (await persist(state, queue)) === "gone") return "gone";
  const { id, token, stored } = state;
  if (!state.isLive || settings.keeper.kind === "cookie" || id === undefined || token === undefined || !stored) {
    return updateAtHand(state, queue, change);
  }
  const before = state.base();
  const rewrite = { id, version: stored.version, base: () => state.base(), payload: stored.payload };
  const changeRecord = (record: SessionRecord) => change(record.data as Partial<SessionData>);
  const written = await writeInTurn(queue, id, {
    store: new TimedStore(settings.keeper.store, settings.storeTimeout, settings.emit),
    write: (target, stale) => new Writer(settings, target).update(rewrite, changeRecord, stale),
    repeatable: false,
  });
  if (written === "gone") return reportGone(state);
  state.rebase(token, id, written.payload, written.record.permanent);
  settings.emit({ type: "replaced", id: state.publicId ?? id });
  catchUp(state, written, before);
  if (isEmpty(written.record)) {
    state.forget();
    oweToken(state, "clear", settings.keeper.wires[0]);
  }
  return "kept";
}

/** Where nothing is stored yet that another request could change at the same time. What fails leaves no half change behind. */
async function updateAtHand(
  state: State,
  queue: KeyedQueue<WaitingChange>,
  change: (data: Partial<SessionData>) => void | Promise<void>,
): Promise<Fate> {
  if (state.headersSent && state.needsCookieToWrite) throw headersSent();
  const { settings, era } = state;
  const [before, after] = [copyOf(state), copyOf(state)];
  await within(settings.storeTimeout, async () => change(after.data as Partial<SessionData>));
  if (state.era !== era) return "gone";
  bringIn(state, before, after);
  try {
    return await persist(state, queue);
  } catch (error) {
    if (state.era === era) bringIn(state, after, before);
    throw error;
  }
}

function carryOut(state: State, plan: Plan, queue: KeyedQueue<WaitingChange>): Fate | Promise<Fate> {
  const { keeper, storeTimeout, emit } = state.settings;
  if (keeper.kind === "cookie") {
    oweRecord(state, plan.cookie, keeper.wires[0]);
    return "kept";
  }
  if (plan.store === "none" && state.leftover === undefined) {
    oweToken(state, plan.cookie, keeper.wires[0]);
    return "kept";
  }
  return execute(state, plan, keeper.wires[0], new TimedStore(keeper.store, storeTimeout, emit), queue);
}

/** The headers are out. What needs no new cookie is stored all the same, and a session that ended does end. */
async function persistTooLate(state: State, plan: Plan, queue: KeyedQueue<WaitingChange>): Promise<Fate> {
  const { keeper } = state.settings;
  if (keeper.kind === "store" && ["none", "note", "replace"].includes(plan.store)) {
    return carryOut(state, { ...plan, cookie: "keep" }, queue);
  }
  if (plan.store === "endAndCreate") await carryOut(state, { ...plan, store: "end", cookie: "keep" }, queue);
  throw headersSent();
}

function headersSent(): SessionError {
  const message = "this change needs to set a cookie, but the headers are out: make it earlier";
  return new SessionError("ERR_HEADERS_SENT", message);
}
