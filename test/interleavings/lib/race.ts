import { expect } from "vitest";
import type { Store } from "../../../src/index.ts";
import { type Act, begin, type Outcome } from "./acts.ts";
import { type After, loggedIn, lookAfter, ORIGIN } from "./after.ts";
import type { Points, When } from "./points.ts";

/** A slow act, held at one point, and a quick one that is carried out meanwhile. */
export interface Race {
  slow: Act;
  quick: Act;
  /** Whether the quick one had read before the slow one began, or reads only now. */
  reads: "early" | "late";
  nth: number;
  when: When;
}

/** The stores of two processes; the first one's calls are points. */
export interface Processes {
  slow: Store;
  points: Points;
  quick: Store;
}

/** Runs a race, and checks what came of it. `false`: the slow act has no such point. */
export async function run(race: Race, { slow, points, quick }: Processes): Promise<boolean> {
  const { subject, browser } = await loggedIn(quick);
  const before = browser.fork();

  const start = () => begin(quick, before, race.quick, { subject, key: "quick" });
  const early = race.reads === "early" ? await start() : undefined;
  const halt = points.halt(race.nth, race.when);
  const slowly = begin(slow, before, race.slow, { subject, key: "slow" }).then((carryOut) => carryOut());
  const reached = await Promise.race([halt.reached.then(() => true), slowly.then(() => false)]);
  if (!reached) return false;
  const quickly = await (early ?? (await start()))();
  halt.release();

  const outcomes = [await slowly, quickly] as const;
  for (const { cookies } of [quickly, outcomes[0]]) browser.jar.receive(cookies, ORIGIN);
  check(outcomes, await lookAfter(quick, subject, before, outcomes), (await browser.look()).subject === subject);
  return true;
}

/** What must hold, whatever the order. */
function check(
  outcomes: readonly [slow: Outcome, quick: Outcome],
  { living, listed }: After,
  isLoggedIn: boolean,
): void {
  const [slow, quick] = outcomes;
  const did = (name: string) => outcomes.filter(({ act }) => act.name === name);
  const acknowledged = (name: string) => did(name).some((outcome) => outcome.acknowledged);

  if (listed) expect(listed.sort(), "a user's list is exactly what lives").toEqual(living.map(({ id }) => id).sort());

  const moved = outcomes.some(({ act }) => act.kind !== "change");
  expect(
    living.some(({ isFormer }) => isFormer),
    "the former token lives unless it was changed or ended",
  ).toBe(!moved);

  const logins = did("login").length;
  if (logins === 0 && (acknowledged("logout") || acknowledged("revokeAll")))
    expect(living, "ended is ended").toEqual([]);
  if (did("revokeAll").length === 0) {
    expect(living.length, "who logs in is logged in").toBeGreaterThanOrEqual(logins);
    if (!acknowledged("logout")) expect(living.length, "nobody is logged out by chance").toBeGreaterThanOrEqual(1);
    if (slow.act.name !== "logout" && logins > 0) expect(isLoggedIn, "the browser has a cookie that lives").toBe(true);
  }

  for (const { act, found, acknowledged: done, key, cookies } of outcomes) {
    if (found && act.kind === "change") expect(cookies, "a change sets no cookie").toEqual([]);
    if (found && !done && act.name !== "login") expect(cookies, "what is gone touches no cookie").toEqual([]);
    if (!found || act.name !== "write") continue;
    for (const { data } of living)
      expect(data[key], "an acknowledged write is there").toBe(done ? "written" : undefined);
  }
  const updates = did("update").filter((outcome) => outcome.acknowledged).length;
  for (const { data } of living) {
    expect(data["n"] ?? 0, "each acknowledged update is there, once").toBe(updates);
    if (slow.found && quick.found) expect(data["a"], "what was there is there").toBe(1);
  }
}
