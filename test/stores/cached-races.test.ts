import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import type { Store } from "../../src/store.ts";
import { cached } from "../../src/stores/cached.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { bytes, delegate, hour, seconds, text, watched } from "./lib/cached.ts";

/** Seconds. */
const FOR = 0.3;

describe("two processes", () => {
  /** Two, each with a cache of its own or with one in common, before one store. */
  function two(shared: boolean, store = memoryStore()) {
    const cache = memoryStore();
    const make = () => cached({ cache: shared ? delegate(cache) : memoryStore(), store, for: FOR });
    return { here: make(), there: make(), store };
  }

  it.each([true, false])(
    "see each other's ends within `for`, and their own at once (one cache: %s)",
    async (shared) => {
      const { here, there } = two(shared);
      await here.create("a", bytes("1"), hour());
      expect(text(await there.read("a"))).toBe("1");
      await here.delete("a");
      expect(await here.read("a")).toBeUndefined();
      await sleep(FOR * 1000 + 20);
      expect(await there.read("a")).toBeUndefined();
    },
  );

  it("see each other's ends and changes at once in one cache that works", async () => {
    const { here, there } = two(true);
    await here.create("a", bytes("1"), hour());
    const read = await there.read("a");
    await here.replace("a", bytes("2"), read?.version, hour());
    expect(text(await there.read("a"))).toBe("2");
    await here.delete("a");
    expect(await there.read("a")).toBeUndefined();
  });

  it("forget what was a conflict, or is gone, before the next read", async () => {
    const { here, there, store } = two(false);
    await here.create("a", bytes("1"), hour());
    const old = await there.read("a");
    await here.replace("a", bytes("2"), (await here.read("a"))?.version, hour());
    expect(text(await there.read("a"))).toBe("1");
    expect(await there.replace("a", bytes("3"), old?.version, hour())).toBe("conflict");
    const current = await there.read("a");
    expect(text(current)).toBe("2");
    await store.delete("a");
    expect(await there.replace("a", bytes("3"), current?.version, hour())).toBe("gone");
    expect(await there.read("a")).toBeUndefined();
  });

  it("forget it for each other, too, in one cache", async () => {
    const { here, there, store } = two(true);
    await here.create("a", bytes("1"), hour());
    const old = await here.read("a");
    await store.replace("a", bytes("2"), bytes("1"), hour());
    expect(text(await there.read("a"))).toBe("1");
    expect(await here.replace("a", bytes("3"), old?.version, hour())).toBe("conflict");
    expect(text(await there.read("a"))).toBe("2");
    await store.delete("a");
    expect(await here.read("a", { ifBefore: seconds(7200), expiresAt: seconds(7200) })).toBeUndefined();
    expect(await there.read("a")).toBeUndefined();
  });

  it("log out and sign out everywhere through managers", async () => {
    const { here, there } = two(false);
    const [ours, theirs] = [here, there].map((store) => createSessionManager({ store }));
    const session = await ours?.open(undefined);
    session?.login("ann");
    const [header] = (await ours?.commit(session as NonNullable<typeof session>)) ?? [];
    const cookie = header?.[1].split(";")[0];
    expect((await theirs?.open(cookie))?.subject).toBe("ann");
    expect(await ours?.revokeAll("ann")).toBe(1);
    expect((await ours?.open(cookie))?.subject).toBeUndefined();
    await sleep(FOR * 1000 + 20);
    expect((await theirs?.open(cookie))?.subject).toBeUndefined();
  });
});

describe("a slow read", () => {
  it.each(["replace", "delete"] as const)("doesn't put back what a %s has changed meanwhile", async (write) => {
    const gate = Promise.withResolvers<void>();
    let slow = false;
    const { store, seen } = watched(memoryStore(), () => (slow ? gate.promise : undefined));
    const cache = memoryStore();
    const front = cached({ cache, store, for: "5s" });
    await store.create("a", bytes("1"), hour());
    slow = true;
    const reading = front.read("a");
    await vi.waitFor(() => expect(seen.reads).toBe(1));
    slow = false;
    if (write === "delete") await front.delete("a");
    else await front.replace("a", bytes("2"), bytes("1"), hour());
    // Nor may another process find it in the cache.
    const other = cached({ cache, store, for: "5s" });
    const now = write === "delete" ? undefined : "2";
    expect(text(await other.read("a"))).toBe(now);
    gate.resolve();
    await reading;
    for (const process of [other, front]) expect(text(await process.read("a"))).toBe(now);
  });

  it("of another process doesn't either, where the cache lost what was told to it", async () => {
    const gate = Promise.withResolvers<void>();
    const durable = memoryStore();
    const { store, seen } = watched(durable, () => gate.promise);
    const cache = memoryStore();
    const [slow, here] = [cached({ cache, store, for: "5s" }), cached({ cache, store: durable, for: "5s" })];
    await durable.create("a", bytes("1"), hour());
    const reading = slow.read("a");
    await vi.waitFor(() => expect(seen.reads).toBe(1));
    await here.delete("a");
    await cache.delete("cached:a");
    gate.resolve();
    expect(text(await reading)).toBe("1");
    expect(await here.read("a")).toBeUndefined();
  });
});

describe("a cache in common with a process whose `for` is longer", () => {
  function two() {
    const [cache, store] = [delegate(memoryStore()), memoryStore()];
    const [longer, shorter] = [
      cached({ cache, store, for: "1h" }),
      cached({ cache, store, for: FOR, onError: () => {} }),
    ];
    return { cache, store, longer, shorter };
  }

  it("gives no answer that is older than one's own", async () => {
    const { store, longer, shorter } = two();
    await longer.create("a", bytes("1"), hour());
    await store.delete("a");
    await sleep(FOR * 1000 + 20);
    expect(text(await longer.read("a"))).toBe("1");
    expect(await shorter.read("a")).toBeUndefined();
  });

  it("brings back nothing that this process has ended, should the cache not have heard of it", async () => {
    const { cache, longer, shorter } = two();
    await longer.create("a", bytes("1"), hour());
    const { replace, delete: remove } = cache;
    const fail = () => Promise.reject(new Error("out of order"));
    Object.assign(cache, { replace: fail, delete: fail });
    await shorter.delete("a");
    Object.assign(cache, { replace, delete: remove });
    await sleep(FOR * 1000 + 1100); // until it has forgotten what it ended
    expect(await shorter.read("a")).toBeUndefined();
  });
});

it("believes no entry of the future", async () => {
  const [cache, store] = [memoryStore(), memoryStore()];
  const ahead = cached({ cache, store, for: FOR });
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ["Date"] });
  await ahead.create("a", bytes("1"), hour());
  vi.useRealTimers();
  await store.delete("a");
  expect(await cached({ cache, store, for: FOR }).read("a")).toBeUndefined();
});

/** Stores "2" at once, and says so when the gate opens. */
function answeringLate(gate: Promise<void>): Store {
  const store = memoryStore();
  return {
    ...delegate(store),
    async replace(id, payload, version, meta) {
      const outcome = await store.replace(id, payload, version, meta);
      if (new TextDecoder().decode(payload) === "2") await gate;
      return outcome;
    },
  };
}

it("believes no cache after two writes that were answered in another order than they happened", async () => {
  const gate = Promise.withResolvers<void>();
  const store = answeringLate(gate.promise);
  const front = cached({ cache: memoryStore(), store, for: "5s" });
  await front.create("a", bytes("1"), hour());
  const first = front.replace("a", bytes("2"), bytes("1"), hour());
  expect(await front.replace("a", bytes("3"), bytes("2"), hour())).toBe("ok");
  gate.resolve();
  expect(await first).toBe("ok");
  expect(text(await front.read("a"))).toBe("3");
});
