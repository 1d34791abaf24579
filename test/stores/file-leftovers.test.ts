/** What is gone is gone from the disk, too. */
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { bytes, filesOf, HOUR, lasting, listed, OURS, partsOf, temporaryFolder } from "./lib/files.ts";

const { newDir } = temporaryFolder();

describe("nothing is left behind", () => {
  it("by sessions that were deleted, or expired and pruned", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    for (const id of ["one", "two", "three"]) {
      await store.create(id, bytes("old"), { ...lasting(), subject: id });
      await store.replace(id, bytes("new"), bytes("old"), lasting(3 * HOUR));
    }
    await store.delete("one");
    await store.prune?.(new Date(9e12));
    expect((await partsOf(dir)).sort()).toEqual(["ends", "lists", "locks", "new"]);
    await store.close?.();
  });

  it("by an id that expired and was created for another user", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("old"), { ...lasting(0), subject: "ann" });
    await store.create("token", bytes("new"), { ...lasting(), subject: "bob" });
    expect(await listed(store, { subject: "ann" })).toEqual([]);
    expect((await listed(store, {})).map(({ subject }) => subject)).toEqual(["bob"]);
    await store.delete("token");
    expect(await filesOf(dir)).toEqual([]);
    await store.close?.();
  });

  it("by killed processes: drafts, once they are old", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.setup?.();
    const drafts = join(dir, OURS, "new");
    const [old, young] = [crypto.randomUUID(), crypto.randomUUID()] as const;
    for (const name of [old, young, "no draft"]) await writeFile(join(drafts, name), "half");
    for (const name of [old, "no draft"]) await utimes(join(drafts, name), 1, 1);
    expect(await store.prune?.(new Date())).toBe(0);
    expect((await readdir(drafts)).sort()).toEqual([young, "no draft"].sort());
    await store.close?.();
  });

  it("without prune either, as new ones come", async () => {
    const dir = newDir();
    const first = fileStore({ dir });
    for (let count = 0; count < 100; count++) await first.create(`old${count}`, bytes("payload"), lasting(0));
    await first.close?.();
    const store = fileStore({ dir });
    for (let count = 0; count < 20; count++) await store.create(`new${count}`, bytes("payload"), lasting());
    expect((await readdir(dir)).filter((name) => name.length === 64)).toHaveLength(20);
    await store.close?.();
  });

  it.skipIf(process.platform !== "linux")("no descriptor", async () => {
    const count = async () => (await readdir("/proc/self/fd")).length;
    const round = async (rounds: number) => {
      const store = fileStore({ dir: newDir(), threshold: 20 });
      for (let number = 0; number < rounds; number++) {
        await store.create(`token${number}`, bytes("old"), { ...lasting(), subject: `user${number}` });
        await store.replace(`token${number}`, bytes("new"), bytes("old"), lasting());
        await store.read(`token${number}`, { ifBefore: new Date(9e12), expiresAt: new Date(9e12) });
        await store.create(`token${number}`, bytes("old"), lasting());
        await store.replace(`token${number}`, bytes("late"), bytes("old"), lasting());
        for await (const _session of store.list?.({}) ?? []) break;
      }
      await store.close?.();
    };
    await round(2);
    const before = await count();
    await round(60);
    expect(await count()).toBe(before);
  });
});
