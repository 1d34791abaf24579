import { batches } from "./in-order.ts";
import type { Sessions } from "./sessions.ts";

const AT_ONCE = 16;

/**
 * Removes the sessions that ended before `now`, a few at a time, and what killed processes left. Yields how many sessions each
 * step removed.
 */
export async function* sweep(sessions: Sessions, now: number): AsyncGenerator<number> {
  const { drafts, ends } = sessions;
  await drafts.sweep();
  for await (const hour of ends.hoursUntil(now)) {
    for await (const entries of batches(ends.entriesOf(hour), AT_ONCE)) {
      const removed = await Promise.all(entries.map((entry) => sessions.settle(entry, hour, now)));
      yield removed.filter(Boolean).length;
    }
    if (!ends.isSameHour(hour, now)) ends.removeIfEmpty(hour);
  }
}
