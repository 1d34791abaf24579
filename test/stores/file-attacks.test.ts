/** Who may read the files, and what somebody else may have put in their place or beside them. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { mkdir, open, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { bytes, fileOf, lasting, listed, modeOf, seconds, temporaryFolder } from "./lib/files.ts";

const { inFolder, newDir } = temporaryFolder();

describe("a session's file", () => {
  it("that is a link is not followed", async () => {
    const dir = newDir();
    const target = inFolder("target");
    await writeFile(target, Buffer.concat([seconds(4e9), bytes("secret")]));
    await mkdir(dir);
    await symlink(target, fileOf(dir, "token"));
    const store = fileStore({ dir });
    await expect(store.read("token")).rejects.toThrow("ELOOP");
    await expect(store.replace("token", bytes("new"), bytes("secret"), lasting())).rejects.toThrow("ELOOP");
    await expect(store.create("token", bytes("new"), lasting())).rejects.toThrow("ELOOP");
    await expect(store.delete("token")).rejects.toThrow("ELOOP");
    expect(await store.prune?.(new Date(9e12))).toBe(0);
    expect((await readFile(target)).subarray(4).toString()).toBe("secret");
    await store.close?.();
  });
});

describe.skipIf(process.platform === "win32")("a pipe in the place of a session's file", () => {
  it("is no session, whether anyone writes to it or not, and keeps no thread waiting", async () => {
    const dir = newDir();
    await mkdir(dir);
    const store = fileStore({ dir });
    const ids = Array.from({ length: 6 }, (_, index) => `token${index}`); // more than libuv has threads
    for (const id of ids) execFileSync("mkfifo", [fileOf(dir, id)]);
    const writer = await open(fileOf(dir, "token0"), "r+");
    await writer.write("endless");
    expect(await Promise.all(ids.map((id) => store.read(id)))).toEqual(ids.map(() => undefined));
    expect(await store.delete("token0")).toBe(false);
    expect(await store.replace("token0", bytes("new"), bytes("endless"), lasting())).toBe("gone");
    await writer.close();
    await store.close?.();
  });
});

describe("modes", () => {
  it.each([
    ["of its owner alone", 0o077, {}, "600", "700"],
    ["of its owner alone, whatever the umask lets through", 0, {}, "600", "700"],
    ["of the group too", 0o077, { mode: 0o660 }, "660", "770"],
    ["for the group to read", 0o022, { mode: 0o640 }, "640", "750"],
  ])("are those %s", async (_, umask, options, fileMode, directoryMode) => {
    const outer = newDir();
    const dir = join(outer, "inner");
    const before = process.umask(umask);
    try {
      const store = fileStore({ dir, ...options });
      await store.create("token", bytes("old"), { ...lasting(), subject: "ann" });
      await store.replace("token", bytes("new"), bytes("old"), lasting());
      await store.close?.();
    } finally {
      process.umask(before);
    }
    for (const path of [outer, dir]) expect(await modeOf(path)).toBe(directoryMode);
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      expect([path, await modeOf(path)]).toEqual([path, entry.isDirectory() ? directoryMode : fileMode]);
    }
  });

  it("are never wider for a moment", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.setup?.();
    const seen = new Set<string>();
    const watch = (directory: string) =>
      fs.watch(directory, (_event, name) => {
        const found = name === null ? undefined : fs.statSync(join(directory, name), { throwIfNoEntry: false });
        if (found?.isFile()) seen.add((found.mode & 0o777).toString(8));
      });
    const watchers = [dir, join(dir, "dewar.__wz_cache", "new")].map(watch);
    const before = process.umask(0);
    try {
      for (let count = 0; count < 50; count++) await store.create(`token${count}`, bytes("payload"), lasting());
    } finally {
      process.umask(before);
      for (const watcher of watchers) watcher.close();
    }
    expect([...seen]).toEqual(["600"]);
    await store.close?.();
  });

  it("of a directory that was there stay", async () => {
    const dir = newDir();
    await mkdir(dir, { mode: 0o755 });
    const store = fileStore({ dir });
    await store.create("token", bytes("payload"), lasting());
    expect(await modeOf(dir)).toBe("755");
    await store.close?.();
  });
});

describe("what else is in the directory", () => {
  it("is left alone, whatever it is called", async () => {
    const dir = newDir();
    await mkdir(dir);
    const foreign = {
      "readme.txt": "text",
      ".hidden": "",
      "2029240f6d1128be89ddc32729463129": "\0\0\0\0count",
      "79bc207ee04a581ab2348ca1f3494e64cd0ec36128735b8c6bc85ddd8fe1938c": "\0\0\0\0count",
      "tmpabcdefgh.__wz_cache": "",
      [createHash("sha256").update("a file named by its digest").digest("hex")]: "\x01\0\0\0a file named by its digest",
      ["a".repeat(64)]: "",
    };
    for (const [name, content] of Object.entries(foreign)) {
      await writeFile(join(dir, name), content, "latin1");
      await utimes(join(dir, name), 0, 0);
    }
    await mkdir(join(dir, "b".repeat(64)));
    await symlink("/etc/passwd", join(dir, "c".repeat(64)));
    const store = fileStore({ dir, threshold: 2 });
    for (let count = 0; count < 30; count++) {
      await store.create(`token${count}`, bytes("payload"), { ...lasting(), subject: `user${count % 3}` });
    }
    expect((await listed(store, {})).length).toBe(2);
    expect(await store.prune?.(new Date(9e12))).toBe(2);
    expect((await readdir(dir)).sort()).toEqual(
      [...Object.keys(foreign), "b".repeat(64), "c".repeat(64), "dewar.__wz_cache"].sort(),
    );
    for (const [name, content] of Object.entries(foreign)) {
      expect(await readFile(join(dir, name), "latin1")).toBe(content);
    }
    await store.close?.();
  });
});
