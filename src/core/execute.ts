import type { SessionRecord } from "../codec.ts";
import { catchUp, copyOf } from "./catch-up.ts";
import type { Facts, Plan } from "./commit.ts";
import { oweToken } from "./headers.ts";
import { publicIdOf } from "./ids.ts";
import { type WaitingChange, writeInTurn } from "./joint-write.ts";
import { isSomeoneElses, merge } from "./merge.ts";
import type { KeyedQueue } from "./queue.ts";
import { isEmpty } from "./record.ts";
import type { State } from "./state.ts";
import { TimedStore } from "./timed-store.ts";
import type { TokenWire } from "./wire.ts";
import { Writer, type Written } from "./writer.ts";

/** How a session came out of a commit, a save or an update: stored as wanted, or ended meanwhile by somebody else. */
export type Fate = "kept" | "gone";

/** One commit's way through the store. */
interface Step {
  state: State;
  plan: Plan;
  wire: TokenWire;
  store: TimedStore;
  writer: Writer;
  queue: KeyedQueue<WaitingChange>;
  /** The notes that this commit carries out; what is noted while it runs is for the next one. */
  move: Facts["move"];
  dropped: boolean;
  mine: SessionRecord;
}

/** Carries out a plan in the store. What could not be carried out stays noted, for whoever tries again. */
export async function execute(
  state: State,
  plan: Plan,
  wire: TokenWire,
  store: TimedStore,
  queue: KeyedQueue<WaitingChange>,
): Promise<Fate> {
  const { move, dropped, ended, settings } = state;
  const step: Step = {
    state,
    plan,
    wire,
    store,
    writer: new Writer(settings, store),
    queue,
    move,
    dropped,
    mine: snapshot(state),
  };
  state.takeNotes();
  state.storing = true;
  tidy(state);
  state.leftover = undefined;
  try {
    return await STEPS[plan.store](step);
  } catch (error) {
    state.restoreNotes({ move, dropped, ended });
    throw error;
  } finally {
    state.storing = false;
  }
}

/** Tells that what this request changed is lost: its session had ended. Further writes are lost too. */
export function reportGone(state: State, publicId: string | undefined = state.publicId): "gone" {
  state.found = "retired";
  state.settings.emit({ type: "gone", ...(publicId !== undefined && { id: publicId }) });
  return "gone";
}

const STEPS: Record<Plan["store"], (step: Step) => Promise<Fate>> = {
  async none({ state, plan, wire }) {
    if (plan.gone) return reportGone(state);
    oweToken(state, plan.cookie, wire);
    return "kept";
  },
  note,
  create,
  replace,
  end,
  async endAndCreate(step) {
    const { state, mine, move } = step;
    const { publicId } = state;
    const ended = await endStored({ ...step, plan: { ...step.plan, cookie: "keep" } });
    // It had moved to another token, whose cookie must not be overwritten, except by whoever was just proven.
    if (!ended && move !== "login" && mine.subject === undefined) return reportGone(state, publicId);
    return create(step);
  },
  move: moveToNewToken,
};

async function create({ state, wire, writer, mine }: Step): Promise<Fate> {
  const { token, id, ...written } = await writer.create(wire, mine);
  state.rebase(token, id, written.payload, mine.permanent);
  oweToken(state, "set", wire);
  state.settings.emit({ type: "created", id: publicIdOf(state.settings, id), ...subjectOf(mine) });
  catchUp(state, written, mine);
  return "kept";
}

/** Nobody's request fails because the store couldn't write down who made it; and nothing is lost where the session has ended. */
async function note(step: Step): Promise<Fate> {
  const { state, plan, wire, mine } = step;
  oweToken(state, plan.cookie, wire);
  const { token, id, publicId } = state;
  // The timed store has emitted "store-error".
  const written = await rewrite(step).catch(() => undefined);
  if (written === undefined || written === "gone" || publicId === undefined) {
    state.forgetUse();
    return "kept";
  }
  state.rebase(token, id, written.payload, written.record.permanent);
  state.settings.emit({ type: "replaced", id: publicId });
  catchUp(state, written, mine);
  return "kept";
}

async function replace(step: Step): Promise<Fate> {
  const { state, plan, wire, mine } = step;
  const { token, id, publicId } = state;
  const written = await rewrite(step);
  if (written === "gone" || publicId === undefined) return reportGone(state);
  const { emit } = state.settings;
  if (isEmpty(written.record)) {
    state.forget();
    oweToken(state, "clear", wire);
    emit({ type: "ended", id: publicId });
    return "kept";
  }
  state.rebase(token, id, written.payload, written.record.permanent);
  // Emptied here, but filled by another request: its cookie stays.
  oweToken(state, plan.cookie === "clear" ? "keep" : plan.cookie, wire);
  emit({ type: "replaced", id: publicId });
  catchUp(state, written, mine);
  return "kept";
}

/** Compare-and-swap of what was read by what there is now. */
async function rewrite({ state, store, queue, mine }: Step): Promise<Written | "gone"> {
  const { token, id, stored, encoded } = state;
  if (token === undefined || id === undefined || !stored) return "gone";
  const { version, payload } = stored;
  const change = { id, version, base: () => state.base(), mine, encoded, payload };
  return writeInTurn(queue, id, {
    store,
    write: (target, stale) => new Writer(state.settings, target).replace(change, stale),
    repeatable: true,
  });
}

async function end(step: Step): Promise<Fate> {
  const { publicId } = step.state;
  return (await endStored(step)) ? "kept" : reportGone(step.state, publicId);
}

/** Whether it was this request that ended it: else it goes on under another token, whose cookie must not be cleared. */
async function endStored({ state, plan, wire, writer }: Step): Promise<boolean> {
  const { id, publicId, stored } = state;
  // Not in line with the writers of this process: a logout waits for nobody, and wins against everybody.
  const ended = id !== undefined && (await writer.end(id, stored));
  state.forget();
  if (ended) {
    oweToken(state, plan.cookie, wire);
    state.settings.emit({ type: "ended", id: publicId ?? id });
  }
  return ended;
}

async function moveToNewToken({ state, wire, store, writer, queue, move, dropped, mine }: Step): Promise<Fate> {
  const { id, publicId, stored, settings } = state;
  if (id === undefined || stored === undefined || publicId === undefined) return reportGone(state);
  const base = state.base();
  const { token, id: newId, ...created } = await writer.create(wire, mine, stored.payload);
  let written: Written = created;

  const carry = async (theirs: SessionRecord): Promise<void> => {
    if (dropped || isSomeoneElses(base, theirs)) return;
    const merged = merge({ base, mine }, theirs, settings.codec).record;
    const carried = { ...mine, data: merged.data, permanent: merged.permanent, flashes: merged.flashes ?? [] };
    const rewrite = {
      id: newId,
      version: written.payload,
      base: () => written.record,
      mine: carried,
      encoded: undefined,
      payload: written.payload,
    };
    const result = await writer.replace(rewrite, false);
    if (result !== "gone") written = result;
  };
  const fate = await store.within(() => queue.run(id, () => writer.retire(id, stored.version, carry)));
  if (fate === "gone" && move === "regenerate") {
    // Ended elsewhere, by a logout perhaps: a new token must not let it live on. Who logs in was just proven, though.
    await writer.end(newId, { version: written.payload });
    return reportGone(state);
  }
  state.rebase(token, newId, written.payload, written.record.permanent);
  oweToken(state, "set", wire);
  settings.emit({ type: "moved", id: publicIdOf(settings, newId), from: publicId, ...subjectOf(mine) });
  catchUp(state, written, mine);
  return "kept";
}

/** Puts right what reading found dead, or kept alive. No request waits for it, and none fails with it. */
function tidy({ leftover, settings }: State): void {
  if (leftover === undefined || settings.keeper.kind === "cookie") return;
  const store = new TimedStore(settings.keeper.store, settings.storeTimeout, settings.emit);
  const { id, stored, until } = leftover;
  const tidied =
    until === undefined
      ? store.delete(id)
      : store.replace(id, stored.payload, stored.version, { expiresAt: until, endsAt: until });
  // The timed store has emitted "store-error"; the leftover expires by itself.
  tidied.catch(() => {});
}

/** The record as it is now: what the application changes while it is being stored is for the next commit. */
function snapshot(state: State): SessionRecord {
  const { record, sealed } = state;
  if (record.createdAt === undefined) {
    record.createdAt = new Date();
    state.encoded = undefined;
  }
  // Nobody can write to it any more.
  return sealed ? record : copyOf(state);
}

function subjectOf({ subject }: SessionRecord): { subject?: string } {
  return subject === undefined ? {} : { subject };
}
