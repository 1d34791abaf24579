import { setImmediate as nextTurn } from "node:timers/promises";

/** SQLite answers within the turn: without a pause, nobody would hear of Ctrl-C. */
const TURN = 50;

/** Works on `items`, `width` at once, until they end or `signal` is aborted; then waits for what is under way. */
export async function inParallel<T>(
  items: AsyncIterable<T>,
  width: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let taken = 0;
  let failure: { error: unknown } | undefined;
  for await (const item of items) {
    if (signal.aborted || failure !== undefined) break;
    const task = work(item)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= width) await Promise.race(running);
    if (++taken % TURN === 0) await nextTurn();
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure.error;
}
