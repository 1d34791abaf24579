import fs from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CachelibStoreOptions, cachelibStore } from "../../../src/flask/stores/cachelib.ts";
import type { Store } from "../../../src/store.ts";
import { testStore } from "../../../src/testing/store.ts";
import { lasting, newDir, storeIn } from "./lib/cachelib.ts";

describe("in a directory", () => {
  // Thousands of writes, and the disk would have to confirm each: it's the one thing that this doesn't test.
  beforeAll(async () => {
    const file = await open(tmpdir());
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
    it: (name, body) => it.concurrent(name, body, 60_000),
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
