import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { Store } from "../../src/store.ts";
import { cached } from "../../src/stores/cached.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { bytes, delegate, hour, text, watched } from "./lib/cached.ts";

describe("a cache that fails", () => {
  const failures: Record<string, () => Promise<never>> = {
    throws: () => Promise.reject(new Error("out of order")),
    hangs: () => new Promise(() => {}),
  };

  it.each(Object.keys(failures))("and %s costs time only", async (failure) => {
    const cache = memoryStore();
    let works = true;
    const failing = new Proxy(delegate(cache), {
      get: (target, name: keyof Store) => (works ? target[name] : failures[failure]),
    });
    const onError = vi.fn();
    const front = cached({ cache: failing, store: memoryStore(), for: 0.2, timeout: 0.05, onError });
    await front.create("a", bytes("1"), hour());
    works = false;
    for (const [before, after] of ["12", "23", "34"]) {
      const found = await front.read("a");
      expect(text(found)).toBe(before);
      expect(await front.replace("a", bytes(after ?? ""), found?.version, hour())).toBe("ok");
    }
    works = true;
    expect(text(await front.read("a"))).toBe("4");
    await sleep(1010);
    // The cache still holds the first: too old to be answered with.
    expect(text(await front.read("a"))).toBe("4");
    expect(await front.delete("a")).toBe(true);
    works = false;
    expect(await front.read("a")).toBeUndefined();
    expect(onError.mock.calls.length).toBe(2);
  });

  it("and does late what it was told is not believed", async () => {
    const cache = memoryStore();
    const late: (() => Promise<unknown>)[] = [];
    const lazy: Store = {
      ...delegate(cache),
      // As Redis does, it counts the time to live from when the command arrives.
      create: (id, payload) =>
        new Promise((resolve) => late.push(() => cache.create(id, payload, hour()).then(resolve))),
    };
    const durable = memoryStore();
    const front = cached({ cache: lazy, store: durable, for: 0.1, timeout: 0.02, onError: () => {} });
    await front.create("a", bytes("1"), hour());
    await durable.delete("a");
    // Until the cache is asked again.
    await sleep(1010);
    for (const command of late) await command();
    expect(await front.read("a")).toBeUndefined();
  });

  it("warns, by default", async () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const cache = { ...delegate(memoryStore()), read: () => Promise.reject(new Error("out of order")) };
    const front = cached({ cache, store: memoryStore(), for: "5s" });
    await Promise.all([front.read("a"), front.read("b"), front.read("c")]);
    expect(warning.mock.calls).toEqual([["The session cache failed: out of order"]]);
    warning.mockRestore();
  });

  it("holds what is no entry: the store is asked, and the entry made", async () => {
    const cache = memoryStore();
    const { store, seen } = watched(memoryStore());
    await cache.create("cached:a", bytes("{}"), hour());
    await store.create("a", bytes("1"), hour());
    const front = cached({ cache, store, for: "5s" });
    for (const _ of [1, 2, 3]) expect(text(await front.read("a"))).toBe("1");
    expect(seen.reads).toBe(1);
  });
});
