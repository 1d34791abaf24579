import { setImmediate as nextTurn } from "node:timers/promises";
import type { SessionInfo, SessionManager } from "../index.ts";

/** Sessions that are ended at once. */
const ABREAST = 16;
/** The clocks of an application's machines differ, by so many milliseconds at the most. */
const CLOCKS = 5000;
/** Who signs in without pause could keep it busy for ever. */
const MOST_PASSES = 10;

/** What says that it was made in the future is of no new session. */
function isBetween(start: number, time: number, end: number): boolean {
  return time > start && time <= end;
}

interface Ways {
  /** The id of a session that stays. */
  except?: string | undefined;
  /** Aborted: what is left stays, and it resolves. */
  signal?: AbortSignal;
  onEnded(): void;
}

/**
 * Ends all sessions that were made, or whose user signed in, before now. In passes, until one finds nothing: a session that
 * moved to a new token meanwhile may stand where this one has been. Rejects where the store fails, or more kept appearing.
 */
export async function endEverything(manager: SessionManager, { except, signal, onEnded }: Ways): Promise<void> {
  const begun = Date.now() + CLOCKS;
  const isMeant = ({ id, createdAt, authenticatedAt = createdAt }: SessionInfo) =>
    id !== except && !(authenticatedAt && isBetween(begun, authenticatedAt.getTime(), Date.now() + CLOCKS));
  const end = async (id: string) => {
    if (await manager.revoke(id)) onEnded();
  };
  const endBatch = async (ids: string[]) => {
    const outcomes = await Promise.allSettled(ids.map(end));
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    // A store that answers within the turn would let nobody else in.
    await nextTurn();
  };
  // For as long as clocks differ, there may be new ones that are meant too.
  for (let pass = 0; pass < MOST_PASSES || Date.now() < begun + CLOCKS; pass++) {
    let found = 0;
    let batch: string[] = [];
    for await (const info of manager.list({ order: "any" })) {
      if (signal?.aborted) return;
      if (!isMeant(info)) continue;
      found++;
      batch.push(info.id);
      if (batch.length < ABREAST) continue;
      await endBatch(batch);
      batch = [];
    }
    await endBatch(batch);
    if (found === 0) return;
  }
  throw new Error("sessions kept appearing");
}
