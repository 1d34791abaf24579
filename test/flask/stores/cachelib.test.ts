import { createHash } from "node:crypto";
import fs from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type CachelibStoreOptions, cachelibStore } from "../../../src/flask/stores/cachelib.ts";
import type { ListFilter, Store } from "../../../src/store.ts";
import { testStore } from "../../../src/testing/store.ts";
import vectors from "../vectors/flask-values.json" with { type: "json" };

const HOUR = 3_600_000;
const PATIENCE = 60_000;
const { sessionFile, countFile } = vectors.cachelib;
const pickle = Buffer.from(sessionFile.pickleHex, "hex");

let folder = "";
let directories = 0;
const newDir = () => join(folder, `cache ${directories++}`);
const lasting = (span: number = HOUR) => ({
  expiresAt: new Date(Date.now() + span),
  endsAt: new Date(Date.now() + span),
});
const latin1 = (text: string) => Buffer.from(text, "latin1");
const nameOf = (id: string, digest = "sha256") => createHash(digest).update(`session:${id}`).digest("hex");
const seconds = (time: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(time);
  return bytes;
};
const inAnHour = () => Math.ceil(Date.now() / 1000) + 3600;
const theirs = (expiry = inAnHour(), payload = pickle) => Buffer.concat([seconds(expiry), payload]);

const stores: Store[] = [];
function storeIn(dir: string, options: Partial<CachelibStoreOptions> = {}) {
  const store = cachelibStore({ dir, ...options });
  stores.push(store);
  return store;
}

/** A directory as Flask leaves it. */
async function directoryWith(files: Record<string, Buffer>): Promise<string> {
  const dir = newDir();
  await mkdir(dir);
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}

async function listed(store: Store, filter: ListFilter = {}) {
  const sessions = [];
  for await (const session of store.list?.(filter) ?? []) sessions.push(session);
  return sessions;
}

async function filesOf(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name !== "dewar.__wz_cache").sort();
}

async function countOf(dir: string, digest: "md5" | "sha256" = "sha256"): Promise<string> {
  return (await readFile(join(dir, countFile.fileNames[digest]))).toString("hex");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-cachelib-"));
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close?.();
});
afterAll(() => rm(folder, { recursive: true }));

describe("in a directory", () => {
  // Thousands of writes, and the disk would have to confirm each: it's the one thing that this doesn't test.
  beforeAll(async () => {
    const file = await open(folder);
    vi.spyOn(Object.getPrototypeOf(file), "sync").mockResolvedValue(undefined);
    await file.close();
  });
  afterAll(() => vi.restoreAllMocks());

  /** The store, with a list that tells the ids of what was created. */
  const named = (): Store => {
    const store = cachelibStore({ dir: newDir(), threshold: 5000 });
    const ids = new Map<string, string>();
    return {
      create(id, payload, meta) {
        ids.set(store.listedId?.(id) ?? "", id);
        return store.create(id, payload, meta);
      },
      read: store.read.bind(store),
      replace: store.replace.bind(store),
      delete: store.delete.bind(store),
      async *list(filter) {
        for await (const session of store.list?.(filter) ?? []) yield { ...session, id: ids.get(session.id) ?? "" };
      },
      prune: async (now) => (await store.prune?.(now)) ?? 0,
      close: async () => store.close?.(),
    };
  };

  testStore({
    describe,
    it: (name, body) => it.concurrent(name, body, PATIENCE),
    create: named,
    createPair: () => [named(), named()],
    subjects: false,
    sessions: 2000,
    resolution: 1000,
  });
});

describe("options", () => {
  const refuse = (options: unknown, message: RegExp) => {
    const make = () => cachelibStore(options as CachelibStoreOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  };

  it.each(["", "a\0b", 1, undefined])("refuses dir %j", (dir) => refuse({ dir }, /^dir: /));
  it.each([-1, 1.5, Number.POSITIVE_INFINITY, "500"])("refuses threshold %j", (threshold) =>
    refuse({ dir: "a", threshold }, /^threshold: /),
  );
  it.each([0, 0o400, 0o700, 600, "600"])("refuses mode %j", (mode) => refuse({ dir: "a", mode }, /^mode: /));
  it.each([null, 1])("refuses prefix %j", (prefix) => refuse({ dir: "a", prefix }, /^prefix: /));
  it.each(["sha1", "MD5", null])("refuses digest %j", (digest) => refuse({ dir: "a", digest }, /^digest: /));

  it("touches nothing before its first use", () => {
    const dir = newDir();
    storeIn(dir);
    expect(fs.existsSync(dir)).toBe(false);
  });
});

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

describe("what cachelib 0.2 to 0.6 wrote", () => {
  const int32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };
  const protocol1 = (time: number) => Buffer.concat([Buffer.from("J"), int32(time), Buffer.from("."), pickle]);
  const protocol5 = (time: number) =>
    Buffer.concat([Buffer.from("80059506000000000000004a", "hex"), int32(time), Buffer.from("."), pickle]);

  it.each([
    ["1", protocol1],
    ["5", protocol5],
  ])("is read and renewed, with an end pickled by protocol %s", async (_, old) => {
    const end = inAnHour();
    const dir = await directoryWith({
      [nameOf("token", "md5")]: old(end),
      [nameOf("over", "md5")]: old(1_700_000_000),
    });
    const store = storeIn(dir, { digest: "md5" });
    expect(await store.read("token")).toMatchObject({ payload: pickle, expiresAt: new Date(end * 1000) });
    expect(await store.read("over")).toBeUndefined();
    const later = new Date((end + 1000) * 1000);
    expect((await store.read("token", { ifBefore: later, expiresAt: later }))?.renewed).toBe(true);
    expect(await readFile(join(dir, nameOf("token", "md5")))).toEqual(old(end + 1000));
  });

  it.each(["4b002e", "80054b002e"])("never ends where its end is %s", async (zero) => {
    const file = Buffer.concat([Buffer.from(zero, "hex"), pickle]);
    const store = storeIn(await directoryWith({ [nameOf("token")]: file }));
    expect(await store.read("token")).toEqual({ payload: pickle, version: pickle, renewed: false });
  });

  it("is told from an end of four bytes that look like a pickle", async () => {
    for (const start of ["804a0580", "4a05807f", "80054b7f", "4b002e7f"]) {
      const file = Buffer.concat([Buffer.from(start, "hex"), pickle]);
      const store = storeIn(await directoryWith({ [nameOf("token")]: file }));
      const expiresAt = new Date(1000 * file.readUInt32LE());
      expect(await store.read("token")).toEqual({ payload: pickle, version: pickle, renewed: false, expiresAt });
    }
  });
});

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

describe("the count", () => {
  it.each([
    [255, "80054bff2e"],
    [256, "80059504000000000000004d00012e"],
    [65_536, "80059506000000000000004a000001002e"],
  ])("of %i is pickled as Python does", async (count, expected) => {
    const dir = newDir();
    const store = storeIn(dir, { threshold: 1_000_000 });
    await store.create("a", pickle, lasting());
    await writeFile(join(dir, countFile.fileNames.sha256), countBefore(count));
    await store.create("b", pickle, lasting());
    expect(await countOf(dir)).toBe(`00000000${expected}`);
  });

  /** One less than `count`, as a pickled long. */
  function countBefore(count: number): Buffer {
    const long = Buffer.alloc(6);
    long.writeIntLE(count - 1, 0, 6);
    return Buffer.concat([seconds(0), Buffer.of(0x80, 5, 0x8a, 6), long, Buffer.from(".")]);
  }

  it("follows what comes and goes; an overwritten file is no new one", async () => {
    const dir = newDir();
    const store = storeIn(dir);
    await store.create("a", pickle, lasting());
    await store.create("b", pickle, lasting());
    await store.replace("b", latin1("\x80"), pickle, lasting());
    expect(await countOf(dir)).toBe("0000000080054b022e");
    await store.delete("a");
    await store.delete("a");
    expect(await countOf(dir)).toBe("0000000080054b012e");
    expect(await store.prune?.(new Date(9e12))).toBe(1);
    expect(await countOf(dir)).toBe("0000000080054b002e");
  });

  it("is taken anew by a process that starts, as cachelib does, even where Flask's is garbage", async () => {
    const { sha256 } = countFile.fileNames;
    const dir = await directoryWith({ [nameOf("a")]: theirs(), [sha256]: Buffer.from("\0\0\0\0garbage") });
    await storeIn(dir).delete("unknown");
    expect(await countOf(dir)).toBe(countFile.hex);
  });

  it("isn't written without a threshold", async () => {
    const dir = newDir();
    const store = storeIn(dir, { threshold: 0 });
    await store.create("a", pickle, lasting());
    await store.delete("a");
    expect(await filesOf(dir)).toEqual([]);
  });
});

describe("the threshold", () => {
  async function idsIn(dir: string, ids: readonly string[]): Promise<string[]> {
    const names = await filesOf(dir);
    return ids.filter((id) => names.includes(nameOf(id)));
  }
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];

  it("is passed by one, then those that end soonest go, never-ending ones before", async () => {
    const dir = await directoryWith({ [nameOf("a")]: theirs(0) });
    const store = storeIn(dir, { threshold: 3 });
    for (const [index, id] of ["b", "c", "d"].entries()) await store.create(id, pickle, lasting((9 - index) * HOUR));
    expect(await idsIn(dir, ids)).toEqual(["a", "b", "c", "d"]);
    await store.create("e", pickle, lasting());
    expect(await idsIn(dir, ids)).toEqual(["b", "c", "d", "e"]);
    await store.create("f", pickle, lasting());
    expect(await idsIn(dir, ids)).toEqual(["b", "c", "d", "f"]);
    expect(await countOf(dir)).toBe("0000000080054b042e");
  });

  it("has all that ended go first", async () => {
    const over = theirs(1_700_000_000);
    const dir = await directoryWith({ [nameOf("a")]: over, [nameOf("b")]: over, [nameOf("c")]: theirs() });
    const store = storeIn(dir, { threshold: 2 });
    await store.create("d", pickle, lasting(60_000));
    expect(await idsIn(dir, ids)).toEqual(["c", "d"]);
  });

  it("spares the session that is being written, though it ends first", async () => {
    const dir = newDir();
    const store = storeIn(dir, { threshold: 1 });
    await store.create("a", pickle, lasting(60_000));
    await store.create("b", pickle, lasting());
    expect(await store.replace("a", latin1("\x80"), pickle, lasting())).toBe("ok");
    expect(await idsIn(dir, ids)).toEqual(["a"]);
  });

  it("removes nothing for a count that is wrong", async () => {
    const dir = newDir();
    const store = storeIn(dir, { threshold: 5 });
    await store.create("a", pickle, lasting());
    await writeFile(join(dir, countFile.fileNames.sha256), Buffer.from("0000000080054bff2e", "hex"));
    await store.create("b", pickle, lasting());
    expect(await idsIn(dir, ids)).toEqual(["a", "b"]);
    expect(await countOf(dir)).toBe("0000000080054b022e");
  });

  it("leaves alone what cachelib can't have named", async () => {
    const others = {
      "notes.txt": theirs(1),
      "tmpabcdefgh.__wz_cache": theirs(1),
      ABCDEF0123456789ABCDEF0123456789: theirs(1),
    };
    const dir = await directoryWith({ ...others, [nameOf("a")]: theirs(1) });
    const store = storeIn(dir, { threshold: 1 });
    for (const id of ["b", "c", "d"]) await store.create(id, pickle, lasting());
    await store.prune?.(new Date(9e12));
    expect(await filesOf(dir)).toEqual([...Object.keys(others), countFile.fileNames.sha256].sort());
  });

  it("holds with many at once", async () => {
    const dir = newDir();
    const store = storeIn(dir, { threshold: 10 });
    const many = Array.from({ length: 40 }, (_, number) => `id${number}`);
    await Promise.all(many.map((id) => store.create(id, pickle, lasting())));
    await sleep(0);
    for (const id of ["a", "b"]) await store.create(id, pickle, lasting());
    expect((await filesOf(dir)).length).toBe(1 + 11);
    expect(await countOf(dir)).toBe("0000000080054b0b2e");
  });
});

it("two stores on one directory lose no update of each other", async () => {
  const dir = newDir();
  const [one, two] = [storeIn(dir), storeIn(dir)];
  await one.create("token", Buffer.from("0"), lasting());
  const raise = async (store: Store) => {
    for (let done = 0; done < 25; ) {
      const found = await store.read("token");
      const next = Buffer.from(String(Number(Buffer.from(found?.payload ?? []).toString()) + 1));
      if ((await store.replace("token", next, found?.version, lasting())) === "ok") done++;
    }
  };
  await Promise.all([raise(one), raise(two)]);
  expect((await one.read("token"))?.payload).toEqual(Buffer.from("50"));
});
