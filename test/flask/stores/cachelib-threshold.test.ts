import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  countFile,
  countOf,
  directoryWith,
  filesOf,
  HOUR,
  lasting,
  latin1,
  nameOf,
  newDir,
  pickle,
  storeIn,
  theirs,
} from "./lib/cachelib.ts";

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
    return Buffer.concat([Buffer.alloc(4), Buffer.of(0x80, 5, 0x8a, 6), long, Buffer.from(".")]);
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
