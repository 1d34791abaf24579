import fs from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { countFile, directoryWith, lasting, listed, nameOf, newDir, pickle, storeIn, theirs } from "./lib/cachelib.ts";

describe("list", () => {
  it("yields all that live, for any subject, as what every method takes", async () => {
    const dir = await directoryWith({ [nameOf("md5's", "md5")]: theirs(), [nameOf("over")]: theirs(1_700_000_000) });
    const store = storeIn(dir);
    for (const id of ["a", "b", "c"]) await store.create(id, Buffer.from(id), { ...lasting(), subject: "ann" });
    const all = await listed(store);
    expect(all.map(({ cursor }) => cursor)).toEqual(
      [...["a", "b", "c"].map((id) => nameOf(id)), nameOf("md5's", "md5")].sort(),
    );
    expect(await listed(store, { subject: "bob" })).toEqual(all);
    for (const { id, payload, expiresAt } of all) {
      expect(id).toMatch(/^file:[0-9a-f]+$/);
      expect(await store.read(id)).toMatchObject({ payload, expiresAt });
      expect(await store.replace(id, Buffer.from("new"), payload, lasting())).toBe("ok");
      expect(await store.delete(id)).toBe(true);
      expect(await store.delete(id)).toBe(false);
    }
    expect(await listed(store)).toEqual([]);
    expect(await store.read("a")).toBeUndefined();
  });

  it("tells by listedId what it calls a session", async () => {
    const store = storeIn(newDir());
    await store.create("a", pickle, lasting());
    const [session] = await listed(store);
    expect(session?.id).toBe(store.listedId?.("a"));
    expect(store.listedId?.(session?.id ?? "")).toBe(session?.id);
  });

  it("goes on after a cursor, and ends at a limit", async () => {
    const store = storeIn(newDir(), { threshold: 0 });
    const ids = Array.from({ length: 75 }, (_, number) => `id${number}`);
    for (const id of ids) await store.create(id, pickle, lasting());
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await listed(store, { limit: 10, ...(after !== undefined && { after }) });
      seen.push(...page.map(({ cursor }) => cursor));
      if (page.length < 10) break;
    }
    expect(seen).toEqual(ids.map((id) => nameOf(id)).sort());
  });

  it("shows no count, and no id reaches one", async () => {
    const dir = newDir();
    const store = storeIn(dir);
    for (const name of Object.values(countFile.fileNames)) {
      await mkdir(dir, { recursive: true });
      await writeFile(join(dir, name), Buffer.from(countFile.hex, "hex"));
      expect(await store.read(`file:${name}`)).toBeUndefined();
      expect(await store.delete(`file:${name}`)).toBe(false);
      expect(fs.existsSync(join(dir, name))).toBe(true);
    }
    expect(await listed(store)).toEqual([]);
    expect(await store.read("file:../secret")).toBeUndefined();
  });
});
