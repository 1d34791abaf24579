import { mkdtempSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { type Disk, limitedFolder, smallDisk } from "./lib/disk.ts";
import { bytesOf, lasting, textOf } from "./lib/lives.ts";
import { KINDS, openIn } from "./lib/open.ts";

const disks: Record<string, () => Disk> = {
  "a small disk": smallDisk,
  "a limit on files": () => limitedFolder(mkdtempSync(join(tmpdir(), "dewar-limit-"))),
};

describe.skipIf(process.platform !== "linux").each(Object.entries(disks))("%s", (_, open) => {
  it.each(KINDS)(
    "%s: when it's full, writes are errors, what was stored stays, and it goes on when there is space",
    async (kind) => {
      const disk = open();
      const store = openIn(disk.folder, kind);
      const manager = createSessionManager({ store });
      try {
        await store.create("old", bytesOf("old", "create"), lasting("ann"));
        const visit = await manager.open(undefined);
        visit.login("bob");
        const cookie = String(new Map(await manager.commit(visit)).get("Set-Cookie")).split(";")[0];

        disk.fill();
        for (let round = 0; round < 5; round++) {
          await expect(store.create("new", bytesOf("new", "create"), lasting("ann"))).rejects.toThrow(disk.error);
          const replaced = store.replace("old", bytesOf("old", "replace"), bytesOf("old", "create"), lasting());
          await expect(replaced).rejects.toThrow(disk.error);
          expect(textOf(await store.read("old"))).toBe(textOf({ payload: bytesOf("old", "create") }));
          expect(await store.read("new")).toBeUndefined();
          const session = await manager.open(cookie);
          expect(session.subject).toBe("bob");
          session.flash("too much");
          await expect(manager.commit(session)).rejects.toMatchObject({ code: "ERR_STORE" });
        }
        if (kind === "file") {
          expect(await readdir(join(disk.folder, "sessions", "dewar.__wz_cache", "new"))).toEqual([]);
        }

        disk.free();
        expect(await store.create("new", bytesOf("new", "create"), lasting("ann"))).toBe("ok");
        expect(await store.replace("old", bytesOf("old", "replace"), bytesOf("old", "create"), lasting())).toBe("ok");
        const session = await manager.open(cookie);
        expect(session.flashes()).toEqual([]);
        session.flash("enough");
        await manager.commit(session);
        expect((await manager.open(cookie)).flashes()).toEqual([{ category: "message", message: "enough" }]);
      } finally {
        await store.close?.();
        disk.remove();
      }
    },
  );
});
