import type { Measurement } from "./measure.ts";
import type { Scenario } from "./plan.ts";
import { ratios } from "./ratios.ts";

/** What dewar is to reach on Redis, and whether it does. */
export interface Target {
  what: string;
  limit: number;
  reached: number;
  met: boolean;
}

const commands: Record<Scenario, number> = { untouched: 1, read: 1, write: 2, new: 1 };
const shareOfPeer: Partial<Record<Scenario, number>> = { read: 0.4, write: 0.65 };

/** The targets that `all` has figures for. */
export function targets(all: readonly Measurement[]): Target[] {
  return all.filter(({ store }) => store === "redis").flatMap((measurement) => targetsOf(measurement, all));
}

function targetsOf(measurement: Measurement, all: readonly Measurement[]): Target[] {
  const { framework, scenario, variant } = measurement;
  const found: Target[] = [];
  const atMost = (what: string, limit: number, reached: number | undefined): void => {
    if (reached === undefined) return;
    found.push({ what: `${framework}, ${scenario}: ${what}`, limit, reached, met: reached <= limit });
  };
  if (variant === "lazy") atMost("store commands when lazy", 0, measurement.commands);
  if (variant !== "dewar") return found;
  const { ofMinimum, ofPeer } = ratios(measurement, all);
  atMost("store commands", commands[scenario], measurement.commands);
  if (scenario === "read") atMost("Set-Cookie", 0, Number(measurement.setsCookie));
  atMost("CPU over bare, of the minimum's", 1, ofMinimum);
  const share = shareOfPeer[scenario];
  if (share !== undefined) atMost("CPU over bare, of the peer's", share, ofPeer);
  return found;
}
