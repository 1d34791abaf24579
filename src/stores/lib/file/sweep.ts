import { batches } from "./in-order.ts";
import type { Sessions } from "./sessions.ts";

const AT_ONCE = 16;

/**
 * Goes through everything once, a few files at a time: removes sessions that ended before `now`, entries without a session,
 * and what killed processes left. Yields how many sessions each step removed.
 */
export async function* sweep(sessions: Sessions, now: () => number): AsyncGenerator<number> {
  await sessions.drafts.sweep();
  const ended = ({ expires }: { expires: number }) => expires <= now();
  const sweepSession = async (name: string) => {
    const record = await sessions.read(name);
    return record?.owner && ended(record) ? sessions.removeIf(name, ended) : false;
  };
  for await (const names of batches(sessions.names(), AT_ONCE)) {
    const removed = await Promise.all(names.map(sweepSession));
    yield removed.filter(Boolean).length;
  }
  for await (const entries of batches(sessions.lists.entries(), AT_ONCE)) {
    for (const entry of entries) if (!(await sessions.read(entry.name))) await sessions.removeEntryIfIdle(entry);
    yield 0;
  }
}
