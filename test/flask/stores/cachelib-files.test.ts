import fs from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import {
  countFile,
  countOf,
  directoryWith,
  filesOf,
  inAnHour,
  lasting,
  latin1,
  listed,
  nameOf,
  newDir,
  pickle,
  sessionFile,
  storeIn,
  theirs,
} from "./lib/cachelib.ts";

describe("a session's file", () => {
  it("is written as cachelib writes it, and its count too, byte by byte", async () => {
    for (const digest of ["sha256", "md5"] as const) {
      const dir = newDir();
      const meta = { expiresAt: new Date(sessionFile.expiry * 1000), endsAt: new Date(0) };
      await storeIn(dir, { digest }).create("token", pickle, meta);
      expect((await readFile(join(dir, nameOf("token", digest)))).toString("hex")).toBe(sessionFile.hex);
      expect(await countOf(dir, digest)).toBe(countFile.hex);
      expect(await filesOf(dir)).toEqual([nameOf("token", digest), countFile.fileNames[digest]].sort());
    }
  });

  it("ends no sooner than asked: at the next whole second", async () => {
    const dir = newDir();
    const store = storeIn(dir);
    await store.create("token", pickle, { expiresAt: new Date(4_000_000_000_001), endsAt: new Date(0) });
    expect(await readFile(join(dir, nameOf("token")))).toEqual(theirs(4_000_000_001));
    expect((await store.read("token"))?.expiresAt).toEqual(new Date(4_000_000_001_000));
  });

  it("of Flask's is read, renewed, replaced and deleted as such", async () => {
    const dir = await directoryWith({ [nameOf("token")]: theirs() });
    const store = storeIn(dir);
    const found = await store.read("token");
    expect(found?.payload).toEqual(pickle);
    const later = inAnHour() + 1000;
    const renewal = { ifBefore: new Date(later * 1000), expiresAt: new Date(later * 1000) };
    expect((await store.read("token", renewal))?.renewed).toBe(true);
    expect(await readFile(join(dir, nameOf("token")))).toEqual(theirs(later));
    expect(await store.replace("token", latin1("\x80new"), found?.version, lasting())).toBe("ok");
    expect((await readFile(join(dir, nameOf("token")))).subarray(4).toString("latin1")).toBe("\x80new");
    expect(await store.delete("token")).toBe(true);
    expect(await filesOf(dir)).toEqual([countFile.fileNames.sha256]);
  });

  it("that Flask wrote after it was read is a conflict; that it removed is gone, and stays so", async () => {
    const dir = await directoryWith({ [nameOf("token")]: theirs() });
    const store = storeIn(dir);
    const found = await store.read("token");
    await writeFile(join(dir, nameOf("token")), theirs(inAnHour(), latin1("\x80other")));
    expect(await store.replace("token", pickle, found?.version, lasting())).toBe("conflict");
    await rm(join(dir, nameOf("token")));
    expect(await store.replace("token", pickle, found?.version, lasting())).toBe("gone");
    expect(await store.read("token", { ifBefore: new Date(9e12), expiresAt: new Date(9e12) })).toBeUndefined();
    expect(fs.existsSync(join(dir, nameOf("token")))).toBe(false);
  });

  it("that Flask puts in its place while it is renewed is left as it is", async () => {
    const dir = await directoryWith({
      [nameOf("token")]: theirs(),
      new: theirs(inAnHour() + 999, latin1("\x80")),
    });
    const store = storeIn(dir);
    const write = vi.spyOn(fs, "writeSync").mockImplementationOnce(() => {
      fs.renameSync(join(dir, "new"), join(dir, nameOf("token")));
      return 0;
    });
    await store.read("token", { ifBefore: new Date(9e12), expiresAt: new Date(9e12) });
    expect(write).toHaveBeenCalledOnce();
    write.mockRestore();
    expect((await store.read("token"))?.payload).toEqual(latin1("\x80"));
  });

  it("that never ends lives, has no end to tell, and isn't renewed", async () => {
    const store = storeIn(await directoryWith({ [nameOf("token")]: theirs(0) }));
    const found = await store.read("token", { ifBefore: new Date(9e12), expiresAt: new Date(9e12) });
    expect(found).toEqual({ payload: pickle, version: pickle, renewed: false });
  });

  it("that has ended is a miss, and stays until something takes its place", async () => {
    const dir = await directoryWith({ [nameOf("token")]: theirs(1_700_000_000) });
    const store = storeIn(dir);
    expect(await store.read("token")).toBeUndefined();
    expect(await store.replace("token", pickle, pickle, lasting())).toBe("gone");
    expect(fs.existsSync(join(dir, nameOf("token")))).toBe(true);
    expect(await store.create("token", pickle, lasting())).toBe("ok");
    expect(await countOf(dir)).toBe("0000000080054b012e");
  });

  it.each([
    ["empty", Buffer.of()],
    ["shorter than its end", Buffer.of(255, 255, 255)],
    ["a directory", undefined],
  ])("that is %s is a session that isn't there", async (_, content) => {
    const dir = await directoryWith(content ? { [nameOf("token")]: content } : {});
    if (!content) await mkdir(join(dir, nameOf("token")));
    const store = storeIn(dir);
    expect(await store.read("token")).toBeUndefined();
    expect(await store.replace("token", pickle, pickle, lasting())).toBe("gone");
    expect(await listed(store)).toEqual([]);
    expect(await store.prune?.(new Date(9e12))).toBe(0);
    if (content) expect(await store.create("token", pickle, lasting())).toBe("ok");
  });

  it("has its mode from the start, whatever the umask", async () => {
    const umask = process.umask(0o077);
    try {
      for (const mode of [0o600, 0o644, 0o660]) {
        const dir = newDir();
        await storeIn(dir, { mode }).create("token", pickle, lasting());
        for (const name of await filesOf(dir)) expect((await stat(join(dir, name))).mode & 0o777).toBe(mode);
      }
    } finally {
      process.umask(umask);
    }
  });

  it("is written to a temporary file of cachelib's kind, of which nothing is left", async () => {
    const dir = newDir();
    const store = storeIn(dir);
    const seen = new Set<string>();
    const rename = vi.spyOn(fs, "renameSync").mockImplementation(function watch(from, to) {
      seen.add(String(from));
      fs.copyFileSync(from, to);
      fs.unlinkSync(from);
    });
    await store.create("token", pickle, lasting());
    rename.mockRestore();
    expect(await store.create("token", pickle, lasting())).toBe("exists");
    expect(seen.size).toBe(3);
    for (const path of seen) expect(path.slice(dir.length)).toMatch(/^\/tmp[a-z0-9_]{8}\.__wz_cache$/);
    expect((await readdir(dir)).sort()).toEqual(
      [nameOf("token"), countFile.fileNames.sha256, "dewar.__wz_cache"].sort(),
    );
    expect(await readdir(join(dir, "dewar.__wz_cache"))).toEqual(["locks"]);
  });
});

describe("the other digest", () => {
  it.each([
    ["sha256", "md5"],
    ["md5", "sha256"],
  ] as const)("is found by a store that writes %s, and what it named moves on a write", async (digest, other) => {
    const dir = await directoryWith({ [nameOf("token", other)]: theirs() });
    const store = storeIn(dir, { digest });
    const found = await store.read("token");
    expect(found?.payload).toEqual(pickle);
    expect(await store.create("token", pickle, lasting())).toBe("exists");
    expect(await store.replace("token", latin1("\x80"), found?.version, lasting())).toBe("ok");
    expect(await filesOf(dir)).toEqual([nameOf("token", digest), countFile.fileNames[digest]].sort());
    expect(await countOf(dir, digest)).toBe(countFile.hex);
  });

  it("comes second, and a delete ends both", async () => {
    const old = theirs(inAnHour(), latin1("\x80old"));
    const dir = await directoryWith({ [nameOf("token")]: theirs(), [nameOf("token", "md5")]: old });
    const store = storeIn(dir);
    expect((await store.read("token"))?.payload).toEqual(pickle);
    expect(await store.delete("token")).toBe(true);
    expect(await store.read("token")).toBeUndefined();
    expect(await countOf(dir)).toBe("0000000080054b002e");
  });
});
