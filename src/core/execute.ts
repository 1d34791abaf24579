import type { SessionRecord } from "../codec.ts";
import { catchUp } from "./catch-up.ts";
import type { Facts, Plan } from "./commit.ts";
import { fingerprint } from "./crypto.ts";
import { oweToken } from "./headers.ts";
import { isSomeoneElses, merge } from "./merge.ts";
import type { KeyedQueue } from "./queue.ts";
import { isEmpty } from "./record.ts";
import type { State } from "./state.ts";
import type { TimedStore } from "./timed-store.ts";
import type { TokenWire } from "./wire.ts";
import { Writer, type Written } from "./writer.ts";

/** How a session came out of a commit, a save or an update: stored as wanted, or ended meanwhile by somebody else. */
export type Fate = "kept" | "gone";

/** One commit's way through the store. */
interface Step {
  state: State;
  plan: Plan;
  wire: TokenWire;
  writer: Writer;
  queue: KeyedQueue;
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
  queue: KeyedQueue,
): Promise<Fate> {
  const { move, dropped, ended, settings } = state;
  const step: Step = {
    state,
    plan,
    wire,
    writer: new Writer(settings, store),
    queue,
    move,
    dropped,
    mine: snapshot(state),
  };
  state.takeNotes();
  state.storing = true;
  try {
    await tidy(state, store);
    return await STEPS[plan.store](step);
  } catch (error) {
    state.restoreNotes({ move, dropped, ended });
    throw error;
  } finally {
    state.storing = false;
  }
}

/** Tells that what this request changed is lost: its session had ended. Further writes are lost too. */
export function reportGone(state: State): "gone" {
  const { publicId } = state;
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
  create,
  replace,
  end,
  async endAndCreate(step) {
    const { state, mine, move } = step;
    const ended = await endStored({ ...step, plan: { ...step.plan, cookie: "keep" } });
    // It had moved to another token, whose cookie must not be overwritten, except by whoever was just proven.
    if (!ended && move !== "login" && mine.subject === undefined) return reportGone(state);
    return create(step);
  },
  move: moveToNewToken,
};

async function create({ state, wire, writer, mine }: Step): Promise<Fate> {
  const { token, id, ...written } = await writer.create(wire, mine);
  catchUp(state, token, id, written, mine);
  oweToken(state, "set", wire);
  state.settings.emit({ type: "created", id: fingerprint(token), ...subjectOf(mine) });
  return "kept";
}

async function replace({ state, plan, wire, writer, queue, mine }: Step): Promise<Fate> {
  const { token, id, stored } = state;
  if (token === undefined || id === undefined || stored === undefined) return reportGone(state);
  const rewrite = { id, version: stored.version, base: () => state.base(), mine, encoded: state.encoded };
  const written = await queue.run(id, (waited) => writer.replace(rewrite, waited));
  if (written === "gone") return reportGone(state);
  const { emit } = state.settings;
  if (isEmpty(written.record)) {
    state.forget();
    oweToken(state, "clear", wire);
    emit({ type: "ended", id: fingerprint(token) });
    return "kept";
  }
  catchUp(state, token, id, written, mine);
  // Emptied here, but filled by another request: its cookie stays.
  oweToken(state, plan.cookie === "clear" ? "keep" : plan.cookie, wire);
  emit({ type: "replaced", id: fingerprint(token) });
  return "kept";
}

async function end(step: Step): Promise<Fate> {
  await endStored(step);
  return "kept";
}

/** Whether it was this request that ended it: else it goes on under another token, whose cookie must not be cleared. */
async function endStored({ state, plan, wire, writer, queue }: Step): Promise<boolean> {
  const { id, publicId, stored } = state;
  const ended = id !== undefined && (await queue.run(id, () => writer.end(id, stored)));
  state.forget();
  if (ended) {
    oweToken(state, plan.cookie, wire);
    state.settings.emit({ type: "ended", id: publicId ?? id });
  }
  return ended;
}

async function moveToNewToken({ state, wire, writer, queue, move, dropped, mine }: Step): Promise<Fate> {
  const { id, publicId, stored, settings } = state;
  if (id === undefined || stored === undefined || publicId === undefined) return reportGone(state);
  const base = state.base();
  const { token, id: newId, ...created } = await writer.create(wire, mine);
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
    };
    const result = await writer.replace(rewrite, false);
    if (result !== "gone") written = result;
  };
  const fate = await queue.run(id, () => writer.retire(id, stored.version, carry));
  if (fate === "gone" && move === "regenerate") {
    // Ended elsewhere, by a logout perhaps: a new token must not let it live on. Who logs in was just proven, though.
    await writer.end(newId, { version: written.payload });
    return reportGone(state);
  }
  catchUp(state, token, newId, written, mine);
  oweToken(state, "set", wire);
  settings.emit({ type: "moved", id: fingerprint(token), from: publicId, ...subjectOf(mine) });
  return "kept";
}

/** Puts right what reading found dead, or kept alive. A failure is an event, no reason to fail the request. */
async function tidy(state: State, store: TimedStore): Promise<void> {
  const { leftover } = state;
  if (leftover === undefined) return;
  state.leftover = undefined;
  const { id, stored, until } = leftover;
  try {
    if (until === undefined) await store.delete(id);
    else await store.replace(id, stored.payload, stored.version, { expiresAt: until, endsAt: until });
  } catch {
    // The timed store has emitted "store-error"; the leftover expires by itself.
  }
}

/** The record as it is now: what the application changes while it is being stored is for the next commit. */
function snapshot(state: State): SessionRecord {
  const { record, settings, sealed } = state;
  record.createdAt ??= new Date();
  // Nobody can write to it any more.
  if (sealed) return record;
  return settings.codec.decode(settings.codec.encode(record)) ?? record;
}

function subjectOf({ subject }: SessionRecord): { subject?: string } {
  return subject === undefined ? {} : { subject };
}
