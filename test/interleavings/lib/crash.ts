import { expect } from "vitest";
import { createSessionManager, type Store } from "../../../src/index.ts";
import { type Act, begin } from "./acts.ts";
import { listedIds, loggedIn } from "./after.ts";
import { atEach } from "./each-point.ts";
import type { When } from "./points.ts";
import type { Processes } from "./race.ts";

/** Ends a process at each point of an act, and checks what it leaves behind. Resolves to how many points there were. */
export function crashAtEachPoint(act: Act, processes: Processes): Promise<number> {
  return atEach((nth, when) => crash(act, nth, when, processes));
}

/** `false`: the act has no such point. What is left must be listed, and `revokeAll` must end it. */
async function crash(act: Act, nth: number, when: When, { slow, points, quick }: Processes): Promise<boolean> {
  const { subject, browser } = await loggedIn(quick);
  points.crash(nth, when);
  const survives = await begin(slow, browser, act, { subject, key: "slow" })
    .then((carryOut) => carryOut())
    .then(
      () => true,
      () => false,
    );
  if (survives) return false;

  const place = `${act.name}, ended ${when} call ${nth}`;
  expect(await listedIds(quick, subject), `${place}: a user's list is exactly what lives`).toEqual(
    await recordsOf(quick, subject),
  );
  await browser.manager.revokeAll(subject);
  expect(await recordsOf(quick, subject), `${place}: who is signed out everywhere is nowhere`).toEqual([]);
  expect((await browser.look()).subject).toBeUndefined();
  return true;
}

/** By the records alone, whatever lists by subject say. */
async function recordsOf(store: Store, subject: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const session of createSessionManager({ storeTimeout: "10s", store }).list()) {
    if (session.subject === subject) ids.push(session.id);
  }
  return ids.sort();
}
