import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { bytesOf, lasting, textOf } from "./lib/lives.ts";
import { KINDS, openIn } from "./lib/open.ts";

/** To root no mode is a bar: then somebody else does the writing, who owns nothing. */
const NOBODY = 65_534;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dewar-read-only-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function forbidWrites(): void {
  execFileSync("chmod", ["-R", "a=rX", folder]);
  if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
}

function allowWrites(): void {
  if (process.getuid?.() === 0) process.seteuid?.(0);
  execFileSync("chmod", ["-R", "u+w", folder]);
}

describe.skipIf(process.platform === "win32").each(KINDS)("%s", (kind) => {
  it("in a directory where nothing may be written, writes are errors, and all is there when they may", async () => {
    const place = join(folder, kind);
    const before = openIn(place, kind);
    await before.create("old", bytesOf("old", "create"), lasting("ann"));
    await before.close?.();

    const store = openIn(place, kind);
    const manager = createSessionManager({ store });
    const refused = /EACCES|readonly database|unable to open/;
    forbidWrites();
    try {
      await expect(store.create("new", bytesOf("new", "create"), lasting("ann"))).rejects.toThrow(refused);
      const replaced = store.replace("old", bytesOf("old", "replace"), bytesOf("old", "create"), lasting());
      await expect(replaced).rejects.toThrow(refused);
      await expect(store.delete("old")).rejects.toThrow(refused);
      const session = await manager.open(undefined);
      session.flash("new");
      await expect(manager.commit(session)).rejects.toMatchObject({ code: "ERR_STORE" });
      if (kind === "file") {
        expect(textOf(await store.read("old"))).toBe(textOf({ payload: bytesOf("old", "create") }));
        await expect(store.read("old", { ifBefore: new Date(9e12), expiresAt: new Date(9e12) })).rejects.toThrow(
          refused,
        );
      }
    } finally {
      allowWrites();
    }
    expect(await store.replace("old", bytesOf("old", "replace"), bytesOf("old", "create"), lasting())).toBe("ok");
    expect(await store.create("new", bytesOf("new", "create"), lasting("ann"))).toBe("ok");
    expect(await store.delete("old")).toBe(true);
    await store.close?.();
  });
});
