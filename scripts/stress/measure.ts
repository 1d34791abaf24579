import type { Operation } from "./operation.ts";
import { PHASES, phaseOf } from "./phases.ts";

/** How the updates of lasting sessions went: those by `update`, and those by merge. */
export interface Updates {
  /** How many sessions they were spread over. */
  sessions: number;
  begun: number;
  done: number;
  /** Milliseconds from opening the session to its commit, of those that were done. */
  p50: number;
  p99: number;
}

/** The updates of each lasting phase, of all rounds together. */
export function measureUpdates(history: Iterable<Operation>): Updates[] {
  const begun = PHASES.map(() => 0);
  const spans: number[][] = PHASES.map(() => []);
  for (const operation of history) {
    if (operation.kind !== "count" && operation.kind !== "set") continue;
    const phase = phaseOf(operation.session) % PHASES.length;
    begun[phase] = (begun[phase] ?? 0) + 1;
    if (operation.outcome === "done") spans[phase]?.push((operation.end - operation.start) / 1e6);
  }
  return PHASES.flatMap(({ kind, sessions }, phase) => {
    if (kind === "mortal") return [];
    const sorted = Float64Array.from(spans[phase] ?? []).sort();
    const at = (fraction: number) => sorted[Math.ceil(sorted.length * fraction) - 1] ?? 0;
    return [{ sessions, begun: begun[phase] ?? 0, done: sorted.length, p50: at(0.5), p99: at(0.99) }];
  });
}
