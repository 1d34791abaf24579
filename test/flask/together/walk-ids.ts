import { expect, it } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import type { Together } from "./together.ts";
import { get, set, type Walk } from "./walk.ts";

export function walkIds({ combination: { format, version, config }, together }: Walk): void {
  if (format === "cookie") {
    it("takes nothing from a cookie that was tampered with", async () => {
      const { flask, ours } = together();
      const jar = new CookieJar();
      await flask.run(set({ a: 1 }), jar);
      const [, ...rest] = cookieIn(jar, ours).split(".");
      const forged = holding(`eyJhIjoyfQ.${rest.join(".")}`, ours);
      const seen = await ours.run([{ op: "has", key: "a" }], forged);
      expect([seen.results, seen.setCookies]).toEqual([[false], []]);
    });
    return;
  }

  it("never adopts an id that isn't in the store", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await flask.run(set({ a: 1 }), jar);
    const cookie = cookieIn(jar, ours);
    await flask.run([{ op: "clear" }], jar.clone());
    await ours.run(set({ b: 2 }), jar);
    expect(cookieIn(jar, ours)).not.toBe(cookie);
    const seen = await flask.run([{ op: "has", key: "a" }, ...get("b")], jar);
    expect(seen.results).toEqual([false, 2]);
  });

  it("gives a session another id, under which the other side finds it, and nobody under the old one", async () => {
    const { flask, ours } = together();
    // Flask-Session regenerates since 0.7.
    for (const app of version === "0.5" ? [ours] : [ours, flask]) {
      const jar = new CookieJar();
      await flask.run(set({ a: 1 }), jar);
      const before = jar.clone();
      await app.run([{ op: "regenerate" }], jar);
      for (const other of [flask, ours]) {
        expect((await other.run(get("a"), jar)).results).toEqual([1]);
        expect((await other.run([{ op: "has", key: "a" }], before.clone())).results).toEqual([false]);
      }
    }
  });

  if (!config.SESSION_USE_SIGNER) return;
  it("takes an id that nobody signed for a new visitor", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await flask.run(set({ a: 1 }), jar);
    const [id = "", signature = ""] = cookieIn(jar, ours).split(".");
    const other = signature.startsWith("A") ? "B" : "A";
    for (const value of [id, `${id}.`, `${id}.${other}${signature.slice(1)}`, `x${id}.${signature}`]) {
      const forged = holding(value, ours);
      const seen = await ours.run([{ op: "has", key: "a" }, ...set({ b: 2 })], forged);
      expect(seen.results[0], value).toBe(false);
      expect(cookieIn(forged, ours).split(".")[0], value).not.toBe(id);
    }
  });
}

function cookieIn(jar: CookieJar, { url }: Together["ours"]): string {
  return jar.value("session", url) ?? "";
}

function holding(value: string, { url }: Together["ours"]): CookieJar {
  const jar = new CookieJar();
  jar.receive([`session=${value}`], url);
  return jar;
}
