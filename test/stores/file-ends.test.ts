/** Clearing up goes by an index of ends: it must be right after every write, and mend what a killed process left of it. */
import fs from "node:fs";
import { mkdir, readdir, readFile, rename, symlink, unlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { SessionFiles } from "../../src/stores/lib/file/session-files.ts";
import { bytes, fileOf, filesOf, HOUR, lasting, listed, OURS, partsOf, seconds, temporaryFolder } from "./lib/files.ts";

const { newDir } = temporaryFolder();
const DAY = 24 * HOUR;

/** When the session's entry says it ends: the hours that have one. */
async function hoursOf(dir: string, id: string): Promise<number[]> {
  const name = basename(fileOf(dir, id));
  const paths = await readdir(join(dir, OURS, "ends"), { recursive: true });
  return paths.filter((path) => path.includes(name)).map((path) => Number(path.split(/[/\\]/)[0]));
}

// What is put in one hour is looked for in that hour.
beforeAll(async () => {
  const left = HOUR - (Date.now() % HOUR);
  if (left < 10_000) await setTimeout(left);
});

const hourIn = (span: number) => Math.floor((Date.now() + span) / HOUR);

describe("the index of ends", () => {
  it("has prune look at what ends in an hour that has begun, and at nothing else", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    for (let count = 0; count < 50; count++) await store.create(`living${count}`, bytes("payload"), lasting(DAY));
    for (let count = 0; count < 5; count++) await store.create(`ended${count}`, bytes("payload"), lasting(0));
    const read = vi.spyOn(SessionFiles.prototype, "read");
    const readNow = vi.spyOn(SessionFiles.prototype, "readNow");
    expect(await store.prune?.(new Date())).toBe(5);
    expect(read).toHaveBeenCalledTimes(5);
    expect(readNow).toHaveBeenCalledTimes(5);
    vi.restoreAllMocks();
    expect(await listed(store, {})).toHaveLength(50);
    await store.close?.();
  });

  it("follows a session that is renewed, or written to end later or sooner", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("0"), { ...lasting(HOUR), subject: "ann" });
    expect(await hoursOf(dir, "token")).toEqual([hourIn(HOUR)]);
    const renewal = { ifBefore: new Date(Date.now() + 2 * HOUR), expiresAt: new Date(Date.now() + 3 * HOUR) };
    expect((await store.read("token", renewal))?.renewed).toBe(true);
    expect(await hoursOf(dir, "token")).toEqual([hourIn(3 * HOUR)]);
    expect(await store.replace("token", bytes("1"), bytes("0"), lasting(DAY))).toBe("ok");
    expect(await hoursOf(dir, "token")).toEqual([hourIn(DAY)]);
    expect(await store.replace("token", bytes("2"), bytes("1"), lasting(2 * HOUR))).toBe("ok");
    expect(await hoursOf(dir, "token")).toEqual([hourIn(2 * HOUR)]);
    expect(await store.prune?.(new Date(Date.now() + 2 * HOUR + 1000))).toBe(1);
    expect(await filesOf(dir)).toEqual([]);
    await store.close?.();
  });

  it("leaves a session where its end didn't move, by a conflict or a refused renewal", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("0"), lasting(DAY));
    expect(await store.replace("token", bytes("1"), bytes("stale"), lasting(HOUR))).toBe("conflict");
    const renewal = { ifBefore: new Date(Date.now() + HOUR), expiresAt: new Date(Date.now() + 3 * DAY) };
    expect((await store.read("token", renewal))?.renewed).toBe(false);
    expect(await store.create("token", bytes("2"), lasting(HOUR))).toBe("exists");
    expect(await hoursOf(dir, "token")).toEqual([hourIn(DAY)]);
    await store.close?.();
  });

  it("stands a disk that has no room for a new hour: found too early, a session isn't ended; too late, it isn't written", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("0"), lasting(HOUR));
    const { renameSync } = fs;
    vi.spyOn(fs, "renameSync").mockImplementation((from, to) => {
      if (String(to).includes("ends")) throw Object.assign(new Error("ENOSPC: told by the system"), { code: "ENOSPC" });
      renameSync(from, to);
    });
    const renewal = { ifBefore: new Date(Date.now() + 2 * HOUR), expiresAt: new Date(Date.now() + 3 * HOUR) };
    expect((await store.read("token", renewal))?.renewed).toBe(true);
    expect(await store.replace("token", bytes("1"), bytes("0"), lasting(DAY))).toBe("ok");
    await expect(store.replace("token", bytes("2"), bytes("1"), lasting(0))).rejects.toThrow("ENOSPC");
    await store.create("ended", bytes("payload"), lasting(0));
    expect(await store.prune?.(new Date(Date.now() + 2 * HOUR))).toBe(1);
    vi.restoreAllMocks();
    expect(await hoursOf(dir, "token")).toEqual([hourIn(HOUR)]);
    expect(await store.prune?.(new Date(Date.now() + 2 * HOUR))).toBe(0);
    expect(await hoursOf(dir, "token")).toEqual([hourIn(DAY)]);
    expect((await store.read("token"))?.payload).toEqual(bytes("1"));
    await store.close?.();
  });

  it("holds what ends later than a file can tell, and what ended before it began", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("late", bytes("payload"), { ...lasting(), expiresAt: new Date(8.64e15) });
    await store.create("early", bytes("payload"), { ...lasting(), expiresAt: new Date(-1) });
    expect(await store.prune?.(new Date())).toBe(1);
    expect(await hoursOf(dir, "late")).toEqual([Math.floor((2 ** 32 - 1) / 3600)]);
    expect(await store.delete("late")).toBe(true);
    expect(await filesOf(dir)).toEqual([]);
    await store.close?.();
  });

  it("is as it was after a write that failed", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("0"), lasting(HOUR));
    const before = await filesOf(dir);
    const { renameSync } = fs;
    vi.spyOn(fs, "renameSync").mockImplementation((from, to) => {
      if (!String(to).includes("ends")) throw new Error("EIO: told by the system");
      renameSync(from, to);
    });
    await expect(store.replace("token", bytes("1"), bytes("0"), lasting(DAY))).rejects.toThrow("EIO");
    await expect(store.create("other", bytes("1"), { ...lasting(DAY), subject: "ann" })).rejects.toThrow("EIO");
    vi.restoreAllMocks();
    expect(await filesOf(dir)).toEqual(before);
    expect(await hoursOf(dir, "token")).toEqual([hourIn(HOUR)]);
    await store.close?.();
  });

  it("lets go the hours that are over", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    for (const span of [-3 * HOUR, 0, DAY]) await store.create(`${span}`, bytes("payload"), lasting(span));
    await store.prune?.(new Date());
    const hours = (await partsOf(dir)).filter((path) => /ends.\d+$/.test(path)).map((path) => Number(basename(path)));
    expect(hours).not.toContain(hourIn(-3 * HOUR));
    expect(hours).toContain(hourIn(DAY));
    await store.close?.();
  });

  describe.skipIf(process.platform === "win32")("isn't stopped by what doesn't belong there:", () => {
    const spoiled = async () => {
      const dir = newDir();
      const store = fileStore({ dir });
      for (let count = 0; count < 40; count++) await store.create(`ended${count}`, bytes("payload"), lasting(0));
      const place = fileOf(dir, "ended7");
      await unlink(place);
      await symlink("/dev/null", place);
      const ends = join(dir, OURS, "ends");
      await writeFile(join(ends, "1000"), "");
      await mkdir(join(ends, "1001", `${"a".repeat(64)}.nobody`), { recursive: true });
      await store.close?.();
      return dir;
    };
    const endedIn = async (dir: string) => (await readdir(dir)).filter((name) => name.length === 64).length;

    it("all that has ended goes, and prune tells the fault", async () => {
      const dir = await spoiled();
      const store = fileStore({ dir });
      await expect(store.prune?.(new Date())).rejects.toThrow(/^(ENOTDIR|EISDIR|EPERM|ELOOP): /);
      expect(await endedIn(dir)).toBe(1);
      await store.close?.();
    });

    it("nobody's sign-in fails by it: the process warns", async () => {
      const dir = await spoiled();
      const store = fileStore({ dir });
      const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      for (let count = 0; count < 20; count++) {
        expect(await store.create(`new${count}`, bytes("payload"), lasting())).toBe("ok");
      }
      expect(warned.mock.calls.flat()).toEqual([expect.stringContaining("Expired sessions could not be removed")]);
      vi.restoreAllMocks();
      expect(await endedIn(dir)).toBe(1 + 20);
      await store.close?.();
    });
  });

  describe("mends what a killed process left:", () => {
    it("entries without a session, made or removed by halves", async () => {
      const dir = newDir();
      const store = fileStore({ dir });
      for (const id of ["whole", "half"]) await store.create(id, bytes("payload"), { ...lasting(), subject: "ann" });
      await unlink(fileOf(dir, "half"));
      expect((await listed(store, { subject: "ann" })).map(({ id }) => id)).toEqual(["whole"]);
      expect(await store.prune?.(new Date(Date.now() + DAY))).toBe(1);
      expect(await filesOf(dir)).toEqual([]);
      await store.close?.();
    });

    it("an entry in an hour that its session left", async () => {
      const dir = newDir();
      const store = fileStore({ dir });
      await store.create("token", bytes("payload"), lasting(DAY));
      const ends = join(dir, OURS, "ends");
      const [hour = ""] = await readdir(ends);
      const [entry = ""] = await readdir(join(ends, hour));
      await mkdir(join(ends, "1000"));
      await rename(join(ends, hour, entry), join(ends, "1000", entry));
      expect(await store.prune?.(new Date())).toBe(0);
      expect(await hoursOf(dir, "token")).toEqual([hourIn(DAY)]);
      expect(await store.delete("token")).toBe(true);
      await mkdir(join(ends, "1000"));
      await writeFile(join(ends, "1000", entry), "");
      expect(await store.prune?.(new Date())).toBe(0);
      expect(await filesOf(dir)).toEqual([]);
      await store.close?.();
    });

    it("an entry of a user whose session's id is another's now", async () => {
      const dir = newDir();
      const store = fileStore({ dir });
      await store.create("token", bytes("old"), { ...lasting(0), subject: "ann" });
      await unlink(fileOf(dir, "token"));
      await store.create("token", bytes("new"), { ...lasting(DAY), subject: "bob" });
      expect(await store.prune?.(new Date())).toBe(0);
      expect(await listed(store, { subject: "ann" })).toEqual([]);
      expect(await listed(store, { subject: "bob" })).toHaveLength(1);
      expect(await filesOf(dir)).toHaveLength(2);
      await store.close?.();
    });

    it("and leaves what another program wrote in a session's place", async () => {
      const dir = newDir();
      const store = fileStore({ dir });
      await store.create("token", bytes("payload"), lasting(0));
      await writeFile(fileOf(dir, "token"), Buffer.concat([seconds(1), bytes("theirs")]));
      expect(await store.prune?.(new Date())).toBe(0);
      expect((await readFile(fileOf(dir, "token"))).subarray(4).toString()).toBe("theirs");
      expect(await filesOf(dir)).toEqual([]);
      await store.close?.();
    });

    it("and looks at nothing that isn't an entry", async () => {
      const dir = newDir();
      const store = fileStore({ dir });
      await store.setup?.();
      const ends = join(dir, OURS, "ends");
      for (const part of ["1000", "notes", "1e3"]) await mkdir(join(ends, part));
      const strange = [
        join("1000", "note"),
        join("1000", `${"a".repeat(64)}.${"b".repeat(63)}`),
        join("notes", "note"),
      ];
      for (const path of strange) await writeFile(join(ends, path), "");
      expect(await store.prune?.(new Date())).toBe(0);
      expect(await filesOf(dir)).toHaveLength(strange.length);
      await store.close?.();
    });
  });
});
