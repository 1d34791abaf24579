import type { ListedSession, Store } from "../../store.ts";
import { inParallel } from "./in-parallel.ts";
import { isOwnId, type Origin, type Transfer } from "./origin.ts";
import { persistently, Refusal } from "./persist.ts";
import type { Tally } from "./tally.ts";

/** Sessions under way at once: enough to hide the round trips, few enough for any pool. */
const WIDTH = 32;

export interface CopyOptions {
  /** Reads only. */
  dryRun: boolean;
  /** What is at the target already and differs becomes what it is at the source. */
  again: boolean;
  /** Takes away at the source what is at the target. */
  remove: boolean;
  signal: AbortSignal;
  /** Called for each session. */
  onDone(): void;
}

/** Copies what lives at the origin. What is at the target already is left: so it can be run again at any time. */
export async function copyAll(origin: Origin, target: Store, tally: Tally, options: CopyOptions): Promise<void> {
  await inParallel(origin.list(), WIDTH, options.signal, async (listed) => {
    tally.seen++;
    await copyOne(origin, target, listed, tally, options);
    options.onDone();
  });
}

async function copyOne(
  origin: Origin,
  target: Store,
  listed: ListedSession,
  tally: Tally,
  options: CopyOptions,
): Promise<void> {
  const transfer = origin.convert(listed, new Date());
  if (transfer === "ended") {
    tally.ended++;
    return;
  }
  if ("reason" in transfer) return tally.refuse(transfer.reason);
  const { signal, dryRun } = options;
  try {
    const outcome = await persistently(target, transfer.id, signal, () => put(target, transfer, options));
    tally.note(outcome, transfer.meta.expiresAt);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Without sizes, so that all of a kind are one reason.
    return tally.refuse(`refused by the target: ${error.message.replace(/\d{3,}/g, "…")}`);
  }
  if (!options.remove || dryRun) return;
  await persistently(origin.store, listed.id, signal, () => origin.store.delete(listed.id));
  tally.removed++;
}

async function put(
  target: Store,
  { id, payload, meta }: Transfer,
  { dryRun, again }: CopyOptions,
): Promise<"copied" | "there" | "updated"> {
  if (!dryRun && (await target.create(id, payload, meta)) === "ok") return "copied";
  if (!dryRun && !again) return "there";
  // With --again, its end is put off where it was at the source.
  const renewal = dryRun ? undefined : { ifBefore: meta.expiresAt, expiresAt: meta.expiresAt };
  const found = await target.read(id, renewal);
  if (found === undefined && dryRun) return "copied";
  if (found === undefined) throw new Error("it ended at the target this very moment");
  if (!again || Buffer.compare(found.payload, payload) === 0) return "there";
  if (!dryRun && (await target.replace(id, payload, found.version, meta)) !== "ok") {
    throw new Error("it changes at the target, too: with --again, no application may write there yet");
  }
  return "updated";
}

/** The other half of `--again`: what has ended at the origin since it was copied, ends at the target. */
export async function endWhatEnded(origin: Origin, target: Store, tally: Tally, options: CopyOptions): Promise<void> {
  const { list } = target;
  if (list === undefined) throw new TypeError("--again: the target can't list what it holds, so ended ones would stay");
  const { signal, dryRun } = options;
  await inParallel(list.call(target, {}), WIDTH, signal, async ({ id, cursor }) => {
    // Another's, whose prefix begins with this one.
    if (!isOwnId(id)) return;
    const found = await persistently(origin.store, id, signal, () => origin.store.read(id));
    const lives = found !== undefined && origin.convert({ ...found, id, cursor }, new Date()) !== "ended";
    if (lives) return;
    if (!dryRun) await persistently(target, id, signal, () => target.delete(id));
    tally.followed++;
    options.onDone();
  });
}

/** How many live in a store; `undefined` where it can't list, or nobody waits any more. */
export async function countIn(store: Store, signal: AbortSignal, onEach: () => void): Promise<number | undefined> {
  const { list } = store;
  if (list === undefined) return undefined;
  let number = 0;
  await inParallel(list.call(store, {}), 1, signal, async ({ id }) => {
    if (!isOwnId(id)) return;
    number++;
    onEach();
  });
  return signal.aborted ? undefined : number;
}
