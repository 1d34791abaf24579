import type { Measurement } from "./measure.ts";
import { median } from "./median.ts";
import type { Variant } from "./plan.ts";

/** What a variant costs over the bare application, and how many requests a second it serves, as a share of another's. */
export interface Ratios {
  ofMinimum: number | undefined;
  ofPeer: number | undefined;
  rateOfPeer: number | undefined;
}

/**
 * Compares with the same framework, store and scenario in `all`: round by round, then the median, because a busy machine
 * makes a round dearer for all, and the medians of two variants may come from different rounds.
 */
export function ratios(measurement: Measurement, all: readonly Measurement[]): Ratios {
  const shareOf = (variant: Variant, figure: "cpuOverBare" | "requestsPerSecond"): number | undefined => {
    const other = all.find((candidate) => candidate.variant === variant && sameCase(candidate, measurement));
    if (!other || measurement.variant === "none") return undefined;
    return median(measurement.rounds.map((own, round) => own[figure] / (other.rounds[round]?.[figure] ?? Number.NaN)));
  };
  return {
    ofMinimum: shareOf("minimum", "cpuOverBare"),
    ofPeer: shareOf("peer", "cpuOverBare"),
    rateOfPeer: shareOf("peer", "requestsPerSecond"),
  };
}

const sameCase = (a: Measurement, b: Measurement): boolean =>
  a.framework === b.framework && a.store === b.store && a.scenario === b.scenario;
