import type { Measurement } from "./measure.ts";
import { median } from "./median.ts";
import type { Variant } from "./plan.ts";

/** What a variant costs over the bare application, as a share of what others cost there. */
export interface Ratios {
  ofMinimum: number | undefined;
  ofPeer: number | undefined;
}

/**
 * Compares with the same framework, store and scenario in `all`: round by round, then the median, because a busy machine
 * makes a round dearer for all, and the medians of two variants may come from different rounds.
 */
export function ratios(measurement: Measurement, all: readonly Measurement[]): Ratios {
  const shareOf = (variant: Variant): number | undefined => {
    const other = all.find((candidate) => candidate.variant === variant && sameCase(candidate, measurement));
    if (!other || measurement.variant === "none") return undefined;
    return median(measurement.rounds.map((cost, round) => cost / (other.rounds[round] ?? Number.NaN)));
  };
  return { ofMinimum: shareOf("minimum"), ofPeer: shareOf("peer") };
}

const sameCase = (a: Measurement, b: Measurement): boolean =>
  a.framework === b.framework && a.store === b.store && a.scenario === b.scenario;
