import { expect, it } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import type { Together } from "./together.ts";
import { set, type Walk } from "./walk.ts";

export function walkPermanent({ combination: { needsPermanent }, together }: Walk): void {
  it("makes a session permanent, on either side", async () => {
    const { flask, ours } = together();
    const { jar, isPermanent, turn } = browser(together());
    await flask.run(set({ a: 1 }), jar);
    await turn("ours", true);
    expect(isPermanent()).toBe(true);
    expect((await flask.run([{ op: "keys" }], jar)).session).toMatchObject({ _permanent: true });
    await ours.run(set({ a: 2 }), jar);
    expect(isPermanent()).toBe(true);
  });

  it.skipIf(needsPermanent)("makes it end with the browser, on either side", async () => {
    const { flask, ours } = together();
    const { jar, isPermanent, turn } = browser(together());
    await flask.run(set({ a: 1 }), jar);
    await turn("ours", false);
    expect(isPermanent()).toBe(false);
    expect((await flask.run([{ op: "keys" }], jar)).session["_permanent"] ?? false).toBe(false);
    await turn("flask", true);
    await ours.run(set({ a: 2 }), jar);
    expect(isPermanent()).toBe(true);
    await turn("flask", false);
    await ours.run(set({ a: 3 }), jar);
    expect(isPermanent()).toBe(false);
  });
}

function browser(both: Together) {
  const jar = new CookieJar();
  return {
    jar,
    isPermanent: () => jar.cookies(both.ours.url)[0]?.expiresAt !== undefined,
    turn: (side: "flask" | "ours", value: boolean) => both[side].run([{ op: "permanent", value }], jar),
  };
}
