import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import type { ListedSession, ListFilter, Store } from "../../src/store.ts";
import { fileStore } from "../../src/stores/file.ts";
import { testStore } from "../../src/testing/store.ts";

const HOUR = 3_600_000;
/** Milliseconds: for the listing of ten thousand, on a slow disk. */
const PATIENCE = 60_000;

let folder = "";
let directories = 0;
const newDir = () => join(folder, `shop ${directories++}`);
const bytes = (text: string) => Buffer.from(text);
const lasting = (span: number = HOUR) => ({
  expiresAt: new Date(Date.now() + span),
  endsAt: new Date(Date.now() + span + HOUR),
});
const fileOf = (dir: string, id: string) => join(dir, createHash("sha256").update(`session:${id}`).digest("hex"));
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("in a directory", () => {
  // Tens of thousands of writes, and the disk would have to confirm each: it's the one thing that this doesn't test.
  beforeAll(async () => {
    const file = await open(folder);
    vi.spyOn(Object.getPrototypeOf(file), "sync").mockResolvedValue(undefined);
    await file.close();
  });
  afterAll(() => vi.restoreAllMocks());

  testStore({
    describe,
    it: (name, body) => it(name, body, PATIENCE),
    create: () => fileStore({ dir: newDir() }),
    createPair: () => [fileStore({ dir: newDir() }), fileStore({ dir: newDir() })],
  });
});

describe("options", () => {
  it.each(["", "a\0b", 1 as unknown as string, undefined as unknown as string])("refuses dir %j", (dir) => {
    expect(() => fileStore({ dir })).toThrow(/^dir: /);
    expect(() => fileStore({ dir })).toThrow(TypeError);
  });

  it.each([0, -1, 1.5, Number.NaN, "500" as unknown as number])("refuses threshold %j", (threshold) => {
    expect(() => fileStore({ dir: "a", threshold })).toThrow(/^threshold: /);
    expect(() => fileStore({ dir: "a", threshold })).toThrow(TypeError);
  });

  it.each([0, 0o400, 0o700, 0o1600, 600, 0o600 + 0.5, "600" as unknown as number])("refuses mode %j", (mode) => {
    expect(() => fileStore({ dir: "a", mode })).toThrow(/^mode: /);
    expect(() => fileStore({ dir: "a", mode })).toThrow(TypeError);
  });

  it("touches nothing before its first use", () => {
    const dir = newDir();
    fileStore({ dir });
    expect(fs.existsSync(dir)).toBe(false);
  });
});

describe("a session's file", () => {
  it("is named by the digest of prefix and id, and holds the expiry in seconds, the payload, and our own mark after it", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    const meta = { expiresAt: new Date(4_000_000_000_123), endsAt: new Date(4_100_000_000_000), subject: "ann" };
    await store.create("token", bytes("payload"), meta);
    const file = await readFile(fileOf(dir, "token"));
    expect(file.readUInt32LE()).toBe(4_000_000_001);
    expect(file.subarray(4, 11).toString()).toBe("payload");
    expect(file.subarray(11).toString("latin1")).toMatch(/^tokenann.{8}\0dewar1\0$/s);
    expect((await store.read("token"))?.expiresAt).toEqual(meta.expiresAt);
    await store.close?.();
  });

  it("of cachelib's is read, renewed and replaced as such, and listed for nobody", async () => {
    const dir = newDir();
    await mkdir(dir);
    const file = fileOf(dir, "theirs");
    await writeFile(file, Buffer.concat([seconds(Date.now() / 1000 + 100), Buffer.of(0x80, 5, 0x7d, 0x2e)]));
    const store = fileStore({ dir });
    const found = await store.read("theirs");
    expect(found?.payload).toEqual(Buffer.of(0x80, 5, 0x7d, 0x2e));
    const later = Math.ceil(Date.now() / 1000) + 1000;
    const renewal = { ifBefore: new Date(later * 1000), expiresAt: new Date(later * 1000) };
    expect((await store.read("theirs", renewal))?.renewed).toBe(true);
    expect(await readFile(file)).toEqual(Buffer.concat([seconds(later), Buffer.of(0x80, 5, 0x7d, 0x2e)]));
    expect(await store.replace("theirs", bytes("ours"), found?.version, lasting())).toBe("ok");
    expect((await readFile(file)).subarray(4).toString()).toBe("ours");
    expect(await listed(store, {})).toEqual([]);
    expect(await store.prune?.(new Date(Date.now() + 2 * HOUR))).toBe(0);
    expect(await store.delete("theirs")).toBe(true);
    await store.close?.();
  });

  it("of cachelib's that never expires lives, and has no end to tell", async () => {
    const dir = newDir();
    await mkdir(dir);
    await writeFile(fileOf(dir, "theirs"), Buffer.concat([seconds(0), bytes("payload")]));
    const store = fileStore({ dir });
    expect(await store.read("theirs", { ifBefore: new Date(), expiresAt: new Date() })).toEqual({
      payload: bytes("payload"),
      version: bytes("payload"),
      renewed: false,
    });
    await store.close?.();
  });

  it("that another program renewed by its seconds alone ends then", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("payload"), { ...lasting(), subject: "ann" });
    const file = await readFile(fileOf(dir, "token"));
    file.writeUInt32LE(4_000_000_000);
    await writeFile(fileOf(dir, "token"), file);
    expect(await store.read("token")).toMatchObject({ payload: bytes("payload"), expiresAt: new Date(4e12) });
    await store.close?.();
  });

  it.each([
    ["empty", Buffer.of()],
    ["shorter than its expiry", Buffer.of(255, 255, 255)],
    ["nothing but an expiry that is over", Buffer.of(1, 0, 0, 0)],
    ["a line of text", Buffer.from("\0\0\0\x01 this is something else")],
  ])("that is %s is a session that isn't there", async (_, content) => {
    const dir = newDir();
    await mkdir(dir);
    await writeFile(fileOf(dir, "token"), content);
    const store = fileStore({ dir });
    expect(await store.read("token")).toBeUndefined();
    expect(await store.replace("token", bytes("new"), content.subarray(4), lasting())).toBe("gone");
    expect(await store.delete("token")).toBe(false);
    expect(await store.create("token", bytes("new"), lasting())).toBe("ok");
    expect((await store.read("token"))?.payload).toEqual(bytes("new"));
    await store.close?.();
  });

  it("that was cut anywhere is no error to the visitor", async () => {
    const dir = newDir();
    const manager = createSessionManager({ store: fileStore({ dir }) });
    const session = await manager.open(undefined);
    session.login("ann");
    session.flash("hello");
    const cookie = String(new Map(await manager.commit(session)).get("Set-Cookie")).split(";")[0];
    const file = join(dir, (await readdir(dir)).find((name) => name.length === 64) ?? "");
    const whole = await readFile(file);
    expect((await manager.open(cookie)).subject).toBe("ann");
    for (let length = 0; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length));
      const opened = await manager.open(cookie);
      expect([undefined, "ann"]).toContain(opened.subject);
      await manager.commit(opened);
    }
    await manager.close();
  });

  it("that is a link is not followed", async () => {
    const dir = newDir();
    const target = join(folder, "target");
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

describe("nothing is left behind", () => {
  const partsOf = (dir: string) => readdir(join(dir, "dewar.__wz_cache"), { recursive: true });

  it("by sessions that were deleted, or expired and pruned", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    for (const id of ["one", "two", "three"]) {
      await store.create(id, bytes("old"), { ...lasting(), subject: id });
      await store.replace(id, bytes("new"), bytes("old"), lasting());
    }
    await store.delete("one");
    await store.prune?.(new Date(9e12));
    expect((await partsOf(dir)).filter((name) => !name.includes(".lock")).sort()).toEqual(["lists", "locks", "new"]);
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
    expect((await partsOf(dir)).filter((name) => !name.includes(".lock")).sort()).toEqual(["lists", "locks", "new"]);
    await store.close?.();
  });

  it("by killed processes: drafts once they are old, and entries without a session", async () => {
    const dir = newDir();
    const store = fileStore({ dir });
    await store.create("token", bytes("payload"), { ...lasting(), subject: "ann" });
    const [list = ""] = await readdir(join(dir, "dewar.__wz_cache", "lists"));
    const parts = join(dir, "dewar.__wz_cache");
    const [old, young] = [crypto.randomUUID(), crypto.randomUUID()].map((name) => join(parts, "new", name)) as [
      string,
      string,
    ];
    for (const path of [old, young]) await writeFile(path, "half");
    await writeFile(join(parts, "new", "no draft"), "");
    for (const path of [old, join(parts, "new", "no draft")]) await utimes(path, 1, 1);
    await writeFile(join(parts, "lists", list, "d".repeat(64)), "");
    expect(await store.prune?.(new Date())).toBe(0);
    expect(await readdir(join(parts, "new"))).toEqual(expect.arrayContaining(["no draft"]));
    expect(fs.existsSync(old)).toBe(false);
    expect(fs.existsSync(young)).toBe(true);
    expect(await readdir(join(parts, "lists", list))).toHaveLength(1);
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
    await writeFile(join(folder, "a file"), "");
    const store = fileStore({ dir: join(folder, "a file", "sessions") });
    await expect(store.setup?.()).rejects.toThrow("ENOTDIR");
    await expect(store.create("token", bytes("payload"), lasting())).rejects.toThrow("ENOTDIR");
    await expect(store.read("token")).rejects.toThrow("ENOTDIR");
    await store.close?.();
  });
});

it("is required by CommonJS", () => {
  const require = createRequire(import.meta.url);
  expect(require("../../src/stores/file.ts")).toHaveProperty("fileStore");
});

async function listed(store: Store, filter: ListFilter): Promise<ListedSession[]> {
  const sessions: ListedSession[] = [];
  for await (const session of store.list?.(filter) ?? []) sessions.push(session);
  return sessions;
}

function seconds(count: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(Math.ceil(count));
  return header;
}
