/** Every store, through what two processes can do to one session, at exact points and not by luck. */
import { describe, expect, it } from "vitest";
import { acts, begin } from "./lib/acts.ts";
import { loggedIn, lookAfter, ORIGIN } from "./lib/after.ts";
import { crashAtEachPoint } from "./lib/crash.ts";
import { atEachCall } from "./lib/each-point.ts";
import { expireAtEachPoint } from "./lib/expiry.ts";
import { forEachKind } from "./lib/kinds.ts";
import { pausing } from "./lib/pausing.ts";
import { Points } from "./lib/points.ts";

forEachKind((kind, stores) => {
  const possible = acts.filter(({ name }) => kind.lists || name !== "revokeAll");
  const requests = acts.filter(({ request }) => request);

  describe.each(possible)("a slow $name, held at each call", (slow) => {
    it.concurrent.each(possible)("while a quick $name comes between", async (quick) => {
      expect(await atEachCall(slow, quick, ...stores())).toBeGreaterThanOrEqual(8);
    });
  });

  if (kind.lists) {
    it("a process ends at each call of a login or a regeneration", async () => {
      const [one, two] = stores();
      for (const act of acts.filter(({ kind: of }) => of === "move")) {
        const points = new Points();
        expect(await crashAtEachPoint(act, { slow: pausing(one, points), points, quick: two })).toBeGreaterThanOrEqual(
          6,
        );
      }
    });
  }

  it("a session expires while a slow act is held, at each call", async () => {
    const counts = await Promise.all(possible.map((act) => expireAtEachPoint(act, ...stores())));
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(4);
  });

  describe.each(requests.filter(({ kind: of }) => of !== "change"))("the token from before a $name", (first) => {
    it.concurrent.each(requests)("that arrives late, for a $name", async (late) => {
      const [one, two] = stores();
      const { subject, browser } = await loggedIn(one);
      const before = browser.fork();
      const { cookies } = await (await begin(one, before, first, { subject, key: "first" }))();
      browser.jar.receive(cookies, ORIGIN);
      const now = await browser.look();

      const outcome = await (await begin(two, before, late, { subject, key: "late" }))();
      expect(outcome.found).toBe(false);
      expect(outcome.cookies.length).toBe(late.name === "login" ? 1 : 0);
      const { living } = await lookAfter(two, subject, before, [outcome]);
      expect(living.map(({ isFormer }) => isFormer)).toEqual(late.name === "login" ? [false] : []);
      expect(await browser.look()).toEqual(now);
    });
  });
});
