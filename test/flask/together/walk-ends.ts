import { setTimeout as sleep } from "node:timers/promises";
import { it } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import type { Combination } from "./combinations.ts";
import { type Place, startTogether } from "./together.ts";
import { get, set } from "./walk.ts";

/** Seconds. */
const LIFETIME = 10;
/** Milliseconds: servers count whole seconds, and Flask's own cookie is good in the last of them. */
const OVER = 11_200;

/** There, Flask-Session 0.8 leaves it to the server, which takes its time. */
const LINGERS = ["mongodb", "dynamodb"];

export function walkEnds(combination: Combination, isAvailable: boolean, place: () => Place): void {
  const { title, backend, version, framework, config } = combination;
  it.skipIf(!isAvailable)(title, { timeout: 60_000 }, async ({ expect, onTestFinished }) => {
    const shared = { ...config, PERMANENT_SESSION_LIFETIME: LIFETIME };
    const both = await startTogether(place(), { version, framework, config: shared });
    onTestFinished(() => both.stop());
    const sides = [both.flask, both.ours];
    // A browser that never forgets a cookie.
    const jars = sides.map(() => new CookieJar(() => 0));
    const ended = async (app: (typeof sides)[number], jar: CookieJar) =>
      (await app.run([{ op: "has", key: "a" }], jar.clone())).results;

    for (const [index, app] of sides.entries()) {
      const jar = jars[index] as CookieJar;
      await app.run(set({ a: 1 }), jar);
      for (const other of sides) expect((await other.run(get("a"), jar)).results).toEqual([1]);
    }
    await sleep(OVER);
    const lingers = version === "0.8" && LINGERS.includes(backend);
    for (const jar of jars) {
      expect(await ended(both.ours, jar)).toEqual([false]);
      if (!lingers) expect(await ended(both.flask, jar)).toEqual([false]);
    }
  });
}
