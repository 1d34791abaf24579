import { expect, it, onTestFinished } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import type { FlaskConfig } from "../lib/flask-app.ts";
import { get, set, type Walk } from "./walk.ts";

export function walkKeys({ combination: { format, version, config }, start }: Walk): void {
  const startWith = async (keys: FlaskConfig) => {
    const both = await start(keys);
    onTestFinished(() => both.stop());
    return both;
  };

  // Flask knows fallbacks since 3.1.
  if (format === "cookie" && version === "0.8") {
    it("goes on under a new key while the old one is a fallback, on either side", async () => {
      const old = await startWith({ SECRET_KEY: "old" });
      const rotated = await startWith({ SECRET_KEY: "new", SECRET_KEY_FALLBACKS: ["old"] });
      const done = await startWith({ SECRET_KEY: "new" });
      for (const first of ["flask", "ours"] as const) {
        for (const then of ["flask", "ours"] as const) {
          const jar = new CookieJar();
          await old[first].run(set({ a: 1 }), jar);
          const seen = await rotated[then].run([...get("a"), ...set({ b: 2 })], jar);
          expect(seen.results[0]).toBe(1);
          for (const side of ["flask", "ours"] as const) {
            expect((await done[side].run(get("a", "b"), jar)).results).toEqual([1, 2]);
          }
        }
      }
    });
  }

  if (format !== "cookie" && config.SESSION_USE_SIGNER) {
    it("takes nobody for who had an id under another key: the signer knows no fallbacks", async () => {
      const old = await startWith({ SECRET_KEY: "old" });
      const rotated = await startWith({ SECRET_KEY: "new", SECRET_KEY_FALLBACKS: ["old"] });
      const jar = new CookieJar();
      await old.flask.run(set({ a: 1 }), jar);
      for (const side of ["flask", "ours"] as const) {
        expect((await rotated[side].run([{ op: "has", key: "a" }], jar.clone())).results).toEqual([false]);
      }
    });
  }
}
