import { expect, it } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import { get, set, type Walk } from "./walk.ts";

const USER = { id: "user-42", authenticated: true, fresh: true };
const NOBODY = { id: null, authenticated: false };

export function walkLogins({ combination: { format }, together }: Walk): void {
  it("signs in on Flask's side, out on ours", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await ours.run(set({ cart: [1] }), jar);
    await flask.run([{ op: "login", id: "user-42" }], jar);
    const seen = await ours.run([{ op: "whoami" }, ...get("cart")], jar);
    expect(seen.results).toEqual([USER, [1]]);
    const thief = jar.clone();
    await ours.run([{ op: "logout" }], jar);
    const after = await flask.run([{ op: "whoami" }, { op: "has", key: "cart" }], jar);
    expect(after.results).toMatchObject([NOBODY, false]);
    // What travels in the cookie can't be taken back.
    const stolen = await flask.run([{ op: "whoami" }], thief);
    expect(stolen.results).toMatchObject([format === "cookie" ? USER : NOBODY]);
  });

  it("signs in on our side, out on Flask's", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await flask.run(set({ cart: [1] }), jar);
    const fixed = jar.clone();
    await ours.run([{ op: "login", id: "user-42" }], jar);
    const current = await flask.run([{ op: "whoami" }, ...get("cart")], jar);
    expect(current.results).toEqual([USER, [1]]);
    const before = await flask.run([{ op: "whoami" }], fixed);
    expect(before.results).toMatchObject([NOBODY]);
    await flask.run([{ op: "logout" }], jar);
    const seen = await ours.run([{ op: "whoami" }, ...get("cart")], jar);
    expect(seen.results).toMatchObject([NOBODY, [1]]);
  });
}
