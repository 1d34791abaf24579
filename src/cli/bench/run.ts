import { type Measured, measure } from "./measure.ts";
import type { Visits } from "./visits.ts";

export type Kind = "new" | "read" | "write" | "list";

export interface Result extends Measured {
  kind: Kind;
  /** Requests at once. */
  at: number;
}

export const CROWDS = [1, 16, 64] as const;
/** So that to remove them takes a moment, and `memory:` holds them. */
const MOST_SESSIONS = 9000;

/** What one request of each kind does. */
export const KINDS: Record<Kind, string> = {
  new: "a new session",
  read: "a request that reads",
  write: "a request that changes",
  list: "a user's sessions",
};

/** Each kind of request by itself, by more and more at once. */
export async function runAll(
  visits: Visits,
  seconds: number,
  canList: boolean,
  signal: AbortSignal,
  onPhase: () => void,
): Promise<Result[]> {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => canList || kind !== "list");
  const share = (1000 * seconds) / (CROWDS.length * kinds.length);
  const results: Result[] = [];
  for (const [index, at] of CROWDS.entries()) {
    const most = (MOST_SESSIONS * (index + 1)) / CROWDS.length;
    const work: Record<Kind, (worker: number) => Promise<void>> = {
      new: () => visits.create(),
      read: () => visits.read(),
      write: (worker) => visits.write(worker, at),
      list: () => visits.list(),
    };
    for (const kind of kinds) {
      const enough = kind === "new" ? () => visits.number >= most : undefined;
      const measured = await measure(at, share, signal, work[kind], enough);
      if (signal.aborted) return results;
      if (measured !== undefined) results.push({ kind, at, ...measured });
      // Workers have sessions of their own.
      while (visits.number < at && !signal.aborted) await visits.create();
      onPhase();
    }
  }
  return results;
}
