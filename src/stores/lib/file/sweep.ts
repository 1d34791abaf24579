import { batches } from "./in-order.ts";
import type { Sessions } from "./sessions.ts";

const AT_ONCE = 16;

/**
 * Removes the sessions that ended before `now`, a few at a time, and what killed processes left. Yields how many sessions each
 * step removed. A fault keeps nothing else from being removed: the first is thrown at the end.
 */
export async function* sweep(sessions: Sessions, now: number): AsyncGenerator<number> {
  const { drafts, ends } = sessions;
  const faults: unknown[] = [];
  await drafts.sweep();
  for await (const hour of ends.hoursUntil(now)) {
    try {
      for await (const entries of batches(ends.entriesOf(hour), AT_ONCE)) {
        const outcomes = await Promise.allSettled(entries.map((entry) => sessions.settle(entry, hour, now)));
        faults.push(...outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : [])));
        yield outcomes.filter((outcome) => outcome.status === "fulfilled" && outcome.value).length;
      }
      if (!ends.isSameHour(hour, now)) ends.removeIfEmpty(hour);
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
