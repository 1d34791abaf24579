import type { Store } from "../../../src/index.ts";
import type { Act } from "./acts.ts";
import { pausing } from "./pausing.ts";
import { Points, type When } from "./points.ts";
import { type Processes, type Race, run } from "./race.ts";

/** Runs all races of two acts: the slow one held at each call of its store. Resolves to how many there were. */
export function atEachCall(slow: Act, quick: Act, one: Store, two: Store): Promise<number> {
  const points = new Points();
  return atEachPoint(slow, quick, { slow: pausing(one, points), points, quick: two });
}

/** The same, at whatever is a point of the slow process. */
export async function atEachPoint(slow: Act, quick: Act, processes: Processes): Promise<number> {
  const early = await atEach((nth, when) => named({ slow, quick, reads: "early", nth, when }, processes));
  return early + (await atEach((nth, when) => named({ slow, quick, reads: "late", nth, when }, processes)));
}

/** Calls `body` for one point after the other, as long as there are some. Resolves to how many there were. */
export async function atEach(body: (nth: number, when: When) => Promise<boolean>): Promise<number> {
  for (let count = 0, nth = 0; ; nth++) {
    const reached = [await body(nth, "before"), await body(nth, "after")].filter(Boolean).length;
    if (reached === 0) return count;
    count += reached;
  }
}

async function named(race: Race, processes: Processes): Promise<boolean> {
  try {
    return await run(race, processes);
  } catch (cause) {
    const { reads, when, nth } = race;
    throw new Error(`held ${when} call ${nth}, the quick one reads ${reads}: ${String(cause)}`, { cause });
  }
}
