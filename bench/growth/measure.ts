import { median } from "../median.ts";
import { type Filled, type Operation, type OperationName, prune, quickOnes } from "./operations.ts";

/** What one operation costs with so many sessions in the store: medians of the rounds. */
export interface Growth {
  operation: OperationName;
  size: number;
  microseconds: number;
  /** Beside the smallest size, within a round. */
  ofSmallest: number;
}

/** How much is measured. */
export interface Effort {
  rounds: number;
  /** In each round. */
  calls: number;
  /** How many sessions a prune removes: few, and many. Each must cost the same in both. */
  expired: readonly number[];
  pruneRounds: number;
}

/** Each size in turn, each round beginning with another one, so that what else the machine does hits all alike. */
export async function measure(
  all: readonly Filled[],
  effort: Effort,
  progress: (step: string) => void,
): Promise<Growth[]> {
  const found: Growth[] = [];
  const isOffered = (operation: Operation): boolean => all.every(({ store }) => operation.isOffered(store));
  for (const operation of quickOnes.filter(isOffered)) {
    progress(operation.name);
    await grow(operation, all, 1, effort.calls); // until it is compiled
    found.push(...(await grow(operation, all, effort.rounds, effort.calls)));
  }
  for (const operation of effort.expired.map(prune).filter(isOffered)) {
    progress(operation.name);
    found.push(...(await grow(operation, all, effort.pruneRounds, 1)));
  }
  return found;
}

async function grow(operation: Operation, all: readonly Filled[], rounds: number, calls: number): Promise<Growth[]> {
  const figures = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const at = (round + turn) % all.length;
      const filled = all[at];
      if (filled) figures[at]?.push(await operation.measure(filled, calls));
    }
  }
  return all.map(({ size }, at) => {
    const own = figures[at] ?? [];
    const smallest = figures[0] ?? [];
    return {
      operation: operation.name,
      size,
      microseconds: median(own),
      ofSmallest: median(own.map((took, round) => took / (smallest[round] ?? Number.NaN))),
    };
  });
}
