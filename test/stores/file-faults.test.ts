/** The system refuses, or somebody takes the directory away. */
import fs from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { bytes, lasting, listed, temporaryFolder } from "./lib/files.ts";

const { inFolder, newDir } = temporaryFolder();

describe("a directory that is removed while it is in use", () => {
  it("ends all sessions, and is made again", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("old", bytes("payload"), { ...lasting(), subject: "ann" });
    await rm(dir, { recursive: true });
    expect(await store.read("old")).toBeUndefined();
    expect(await store.replace("old", bytes("new"), bytes("payload"), lasting())).toBe("gone");
    expect(await store.delete("old")).toBe(false);
    expect(await listed(store, {})).toEqual([]);
    expect(await store.prune?.(new Date())).toBe(0);
    expect(await store.create("new", bytes("payload"), { ...lasting(), subject: "ann" })).toBe("ok");
    expect((await store.read("new"))?.payload).toEqual(bytes("payload"));
    await store.close?.();
  });
});

describe("faults", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  const onWindows = () => vi.stubGlobal("process", Object.create(process, { platform: { value: "win32" } }));
  const fault = (code: string) => Object.assign(new Error(`${code}: told by the system`), { code });

  it.each(["EPERM", "EACCES", "EBUSY"])(
    "%s on Windows, where another program reads the file, is waited out",
    async (code) => {
      const dir = newDir();
      const store = fileStore({ dir });
      await store.create("token", bytes("old"), lasting());
      onWindows();
      const rename = vi.spyOn(fs, "renameSync");
      for (let times = 0; times < 3; times++) {
        rename.mockImplementationOnce(() => {
          throw fault(code);
        });
      }
      expect(await store.replace("token", bytes("new"), bytes("old"), lasting())).toBe("ok");
      expect(rename).toHaveBeenCalledTimes(4);
      expect((await store.read("token"))?.payload).toEqual(bytes("new"));
      await store.close?.();
    },
  );

  it.each(["EPERM", "EACCES", "EROFS", "EMFILE", "EIO"])(
    "%s is told at once, and leaves everything as it was",
    async (code) => {
      const dir = newDir();
      const store = fileStore({ dir });
      await store.create("token", bytes("old"), lasting());
      const fail = () => {
        throw fault(code);
      };
      const rename = vi.spyOn(fs, "renameSync").mockImplementation(fail);
      await expect(store.replace("token", bytes("new"), bytes("old"), lasting())).rejects.toThrow(code);
      await expect(store.create("other", bytes("new"), lasting())).rejects.toThrow(code);
      expect(rename).toHaveBeenCalledTimes(2);
      vi.spyOn(fs, "unlinkSync").mockImplementation(fail);
      await expect(store.delete("token")).rejects.toThrow(code);
      vi.restoreAllMocks();
      expect((await store.read("token"))?.payload).toEqual(bytes("old"));
      expect(await store.read("other")).toBeUndefined();
      expect(await readdir(join(dir, "dewar.__wz_cache", "new"))).toEqual([]);
      expect(await store.replace("token", bytes("new"), bytes("old"), lasting())).toBe("ok");
      await store.close?.();
    },
  );

  it("where the directory can't be made, setup and create tell why, and a read finds nothing", async () => {
    await writeFile(inFolder("a file"), "");
    const store = fileStore({ dir: join(inFolder("a file"), "sessions") });
    await expect(store.setup?.()).rejects.toThrow("ENOTDIR");
    await expect(store.create("token", bytes("payload"), lasting())).rejects.toThrow("ENOTDIR");
    await expect(store.read("token")).rejects.toThrow("ENOTDIR");
    await store.close?.();
  });
});
