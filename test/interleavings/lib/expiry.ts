import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Store } from "../../../src/index.ts";
import { type Act, begin, type Outcome } from "./acts.ts";
import { loggedIn, lookAfter } from "./after.ts";
import { atEach } from "./each-point.ts";
import { pausing } from "./pausing.ts";
import { Points, type When } from "./points.ts";

/** Seconds. */
const IDLE = 2;
const UNTIL_EXPIRED = 2.5;

interface Held {
  nth: number;
  when: When;
  finish(): Promise<void>;
}

/** Holds an act at each of its store calls until the session has expired, and checks what becomes of it. */
export async function expireAtEachPoint(act: Act, one: Store, two: Store): Promise<number> {
  const held: Held[] = [];
  await atEach(async (nth, when) => {
    const run = await hold(act, nth, when, one, two);
    if (run) held.push(run);
    return run !== undefined;
  });
  await sleep(UNTIL_EXPIRED * 1000);
  for (const { nth, when, finish } of held) {
    await finish().catch((cause: unknown) => {
      throw new Error(`${act.name}, held ${when} call ${nth}: ${String(cause)}`, { cause });
    });
  }
  return held.length;
}

async function hold(act: Act, nth: number, when: When, one: Store, two: Store): Promise<Held | undefined> {
  const points = new Points();
  const { subject, browser } = await loggedIn(two, { idleTimeout: IDLE });
  const halt = points.halt(nth, when);
  const options = { idleTimeout: IDLE };
  const slowly = begin(pausing(one, points), browser, act, { subject, key: "slow" }, options).then((run) => run());
  const reached = await Promise.race([halt.reached.then(() => true), slowly.then(() => false)]);
  if (!reached) return undefined;
  const finish = async () => {
    halt.release();
    const outcome = await slowly;
    // What was to end before it was written lives for a millisecond in Redis.
    await sleep(5);
    const { living, listed } = await lookAfter(two, subject, browser, [outcome]);
    if (listed) expect(listed, "a user's list is exactly what lives").toEqual(living.map(({ id }) => id));
    check(outcome, living.length, nth === 0 && when === "after");
  };
  return { nth, when, finish };
}

/** `hasReadOnly`: it was held when it had read, and had not begun to write. */
function check({ act, found, acknowledged, cookies }: Outcome, living: number, hasReadOnly: boolean): void {
  const isLogin = act.name === "login";
  expect(living, "only who logs in after it is logged in").toBe(isLogin && (hasReadOnly || !found) ? 1 : 0);
  if (found && hasReadOnly && act.request && !isLogin) expect(acknowledged, "what has expired is gone").toBe(false);
  if (found && !acknowledged && !isLogin) expect(cookies, "what is gone touches no cookie").toEqual([]);
}
