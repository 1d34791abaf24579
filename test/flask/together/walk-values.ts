import { expect, it } from "vitest";
import { Markup, type PyDict, type PyValue } from "../../../src/flask/python/values.ts";
import { CookieJar } from "../../../src/testing/index.ts";
import { pythonValues, sharedValues } from "./values.ts";
import { get, inJs, set, type Walk } from "./walk.ts";

export function walkValues({ combination: { backend, format }, together }: Walk): void {
  it("keeps the value and the type of what the other side doesn't touch", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    const values = pythonValues(format);
    const all = get(...Object.keys(values));
    await flask.run(set(values), jar);
    const before = (await flask.run(all, jar)).results;
    const seen = await ours.run([...all, { op: "set", path: ["ours"], value: 1 }], jar);
    expect(inJs(seen.results.slice(0, -1))).toStrictEqual(inJs(before));
    const after = await flask.run([...all, ...get("ours")], jar);
    expect(after.results).toStrictEqual([...before, 1]);
  });

  it("takes nested changes and deletions from either side", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await flask.run(set(pythonValues(format)), jar);
    const [before] = (await flask.run(get("nested"), jar)).results as [PyDict];
    await ours.run(
      [
        { op: "set", path: ["nested", "list", 1], value: "new" },
        { op: "append", path: ["nested", "list"], value: "last" },
        { op: "delete", path: ["keyed"] },
      ],
      jar,
    );
    const changed = await flask.run([...get("nested"), { op: "has", key: "keyed" }], jar);
    const list = before["list"] as PyValue[];
    expect(changed.results).toStrictEqual([{ ...before, list: [list[0], "new", list[2], "last"] }, false]);

    await flask.run(
      [{ op: "set", path: ["nested", "other"], value: "theirs" }, { op: "delete", path: ["text"] }, { op: "modify" }],
      jar,
    );
    const seen = await ours.run(
      [
        { op: "get", path: ["nested", "other"] },
        { op: "has", key: "text" },
      ],
      jar,
    );
    expect(seen.results).toEqual(["theirs", false]);
  });

  it("writes the Python values that Flask writes", async () => {
    const { flask, ours } = together();
    const [theirs, mine] = [new CookieJar(), new CookieJar()];
    const values = sharedValues(format);
    const all = get(...Object.keys(values));
    await flask.run(set(values), theirs);
    await ours.run(set(values), mine);
    const expected = (await flask.run(all, theirs)).results;
    expect((await flask.run(all, mine)).results).toStrictEqual(expected);
    expect(inJs((await ours.run(all, mine)).results)).toStrictEqual(inJs(expected));
  });

  // Once: it is the format's matter, and Flask-Session tries three times to write it to a database.
  if (backend !== "redis" || format === "pickle") return;
  it("refuses what the format has no place for, and keeps what was there", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await flask.run(set({ a: 1 }), jar);
    const values = set({ a: 2, note: new Markup("<b>bold</b>") });
    await expect(flask.run(values, jar)).rejects.toThrow("answered 500");
    await expect(ours.run(values, jar)).rejects.toThrow("answered 500: ERR_ENCODE: session.note");
    for (const app of [flask, ours]) expect((await app.run(get("a"), jar)).results).toEqual([1]);
  });
}
