/** What was read within the bounds; `isAll`: there was no more. */
export interface Bounded<T> {
  items: T[];
  isAll: boolean;
}

/** Reads at most `most` items and for at most `milliseconds`, and waits no longer for a source that doesn't answer. */
export async function readBounded<T>(
  source: AsyncIterable<T>,
  most: number,
  milliseconds: number,
): Promise<Bounded<T>> {
  const items: T[] = [];
  const iterator = source[Symbol.asyncIterator]();
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, milliseconds, undefined);
  try {
    while (items.length < most) {
      const next = iterator.next();
      const step = await Promise.race([next, late.promise]);
      if (step === undefined) {
        // Whatever still becomes of it, nobody waits for it.
        next.catch(ignore);
        break;
      }
      if (step.done) return { items, isAll: true };
      items.push(step.value);
    }
    iterator.return?.().catch(ignore);
    return { items, isAll: false };
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {}
