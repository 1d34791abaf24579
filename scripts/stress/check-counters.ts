import type { Violation } from "./check.ts";
import type { Count, Look, Operation } from "./operation.ts";

type Counting = Operation & (Count | Look);

interface Moment {
  start: number;
  end: number;
  value: number;
}

/** One lasting session's counter. */
class Counter {
  readonly raised: Moment[] = [];
  readonly looks: Moment[] = [];
  /** When those began whose outcome is unknown. */
  readonly unknown: number[] = [];
}

const rule = "no acknowledged update is lost";

/** Holds the counters to: each acknowledged raise is there, once, from its acknowledgement on. */
export class Counters {
  readonly #counters = new Map<number, Counter>();
  readonly #violations: Violation[] = [];

  add({ kind, session, value, start, end, outcome }: Counting): void {
    const counter = this.#counters.get(session) ?? new Counter();
    this.#counters.set(session, counter);
    if (outcome === "ended") this.#violate(session, "was gone, though nobody ended it");
    else if (kind === "look") counter.looks.push({ start, end, value });
    else if (outcome === "done") counter.raised.push({ start, end, value });
    else counter.unknown.push(start);
  }

  violations(): Violation[] {
    for (const [session, counter] of this.#counters) {
      this.#checkRaises(session, counter);
      this.#checkLooks(session, counter);
    }
    return this.#violations;
  }

  /** No two wrote the same value, and none wrote less than one that had ended before it began. */
  #checkRaises(session: number, { raised }: Counter): void {
    const down = [...raised].sort((one, other) => other.value - one.value);
    let earliestEnd = Number.POSITIVE_INFINITY;
    for (const [index, { start, end, value }] of down.entries()) {
      if (value === down[index + 1]?.value) this.#violate(session, `two raises to ${value} were acknowledged`);
      if (earliestEnd < start) this.#violate(session, `was raised to ${value} after it had been higher`);
      earliestEnd = Math.min(earliestEnd, end);
    }
  }

  /** What was acknowledged before a look began, it sees; and no more than what had begun before it ended. */
  #checkLooks(session: number, { raised, unknown, looks }: Counter): void {
    const ends = raised.map(({ end }) => end).sort(ascending);
    const starts = [...raised.map(({ start }) => start), ...unknown].sort(ascending);
    for (const { start, end, value } of looks) {
      const [least, most] = [countBelow(ends, start), countBelow(starts, end)];
      if (value < least) this.#violate(session, `shows ${value} after ${least} raises were acknowledged`);
      if (value > most) this.#violate(session, `shows ${value} after ${most} raises had begun`);
    }
  }

  #violate(session: number, what: string): void {
    this.#violations.push({ rule, what: `the counter of session ${session} ${what}` });
  }
}

function ascending(one: number, other: number): number {
  return one - other;
}

/** How many of the sorted numbers are below `limit`. */
function countBelow(sorted: number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
