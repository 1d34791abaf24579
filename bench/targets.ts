import type { Measurement } from "./measure.ts";
import type { Scenario } from "./plan.ts";
import { ratios } from "./ratios.ts";

/** What dewar is to reach, and whether it does. */
export interface Target {
  what: string;
  bound: "at most" | "at least";
  limit: number;
  reached: number;
  met: boolean;
}

export function target(what: string, bound: Target["bound"], limit: number, reached: number): Target {
  return { what, bound, limit, reached, met: bound === "at most" ? reached <= limit : reached >= limit };
}

const commands: Record<Scenario, number> = { untouched: 1, read: 1, write: 2, new: 1 };
const shareOfPeer: Partial<Record<Scenario, number>> = { read: 0.4, write: 0.65 };

/** The targets that `all` has figures for. A paced load has every variant serve as many requests. */
export function targets(all: readonly Measurement[], isPaced: boolean): Target[] {
  return all.filter(({ store }) => store !== "cookie").flatMap((measurement) => targetsOf(measurement, all, isPaced));
}

function targetsOf(measurement: Measurement, all: readonly Measurement[], isPaced: boolean): Target[] {
  const { framework, store, scenario, variant } = measurement;
  const found: Target[] = [];
  const add = (what: string, bound: Target["bound"], limit: number, reached: number | undefined): void => {
    if (reached !== undefined)
      found.push(target(`${framework}, ${store}, ${scenario}: ${what}`, bound, limit, reached));
  };
  if (variant === "lazy") add("store commands when lazy", "at most", 0, measurement.commands);
  if (variant !== "dewar") return found;
  const { ofMinimum, ofPeer, rateOfPeer } = ratios(measurement, all);
  add("store commands", "at most", commands[scenario], measurement.commands);
  if (scenario === "read") add("Set-Cookie", "at most", 0, Number(measurement.setsCookie));
  add("CPU over bare, of the minimum's", "at most", 1, ofMinimum);
  const share = shareOfPeer[scenario];
  if (share === undefined) return found;
  // The frameworks' own memory stores are for development, and one of them keeps the very object.
  if (store !== "memory" && !isPaced) add("requests a second, of the peer's", "at least", 1, rateOfPeer);
  if (store === "redis") add("CPU over bare, of the peer's", "at most", share, ofPeer);
  return found;
}
