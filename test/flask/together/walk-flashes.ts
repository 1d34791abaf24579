import { expect, it } from "vitest";
import { CookieJar } from "../../../src/testing/index.ts";
import type { Walk } from "./walk.ts";

export function walkFlashes({ together }: Walk): void {
  it("hands flash messages over, once each", async () => {
    const { flask, ours } = together();
    const jar = new CookieJar();
    await flask.run(
      [
        { op: "flash", message: "Saved" },
        { op: "flash", message: "Careful", category: "error" },
      ],
      jar,
    );
    const errors = await ours.run([{ op: "flashes", filter: ["error"] }], jar);
    expect(errors.results).toEqual([[["error", "Careful"]]]);
    await ours.run([{ op: "flash", message: { key: [1] }, category: "ours" }], jar);
    const rest = await flask.run([{ op: "flashes" }], jar);
    // Pairs are tuples or lists there, as the format has it.
    const [pairs] = JSON.parse(JSON.stringify(rest.results));
    expect(pairs).toEqual([
      ["message", "Saved"],
      ["ours", { key: [1] }],
    ]);
    for (const app of [ours, flask]) expect((await app.run([{ op: "flashes" }], jar)).results).toEqual([[]]);
  });
}
