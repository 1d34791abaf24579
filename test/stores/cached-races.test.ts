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

describe("many at once", () => {
  const SPAN = 100;
  const jitter = () => sleep(Math.random() * 6);

  /** Every call takes a while, before it happens and after. */
  function slow(store: Store): Store {
    const wait = async <T>(call: () => Promise<T>) => {
      await jitter();
      const answer = await call();
      await jitter();
      return answer;
    };
    return {
      create: (...args) => wait(() => store.create(...args)),
      read: (...args) => wait(() => store.read(...args)),
      replace: (...args) => wait(() => store.replace(...args)),
      delete: (...args) => wait(() => store.delete(...args)),
    };
  }

  it.each([true, false])(
    "never see what was before their own writes, nor what is too old (one cache: %s)",
    { timeout: 30_000 },
    async (shared) => {
      const durable = memoryStore();
      const common = memoryStore();
      /** When each number was first and last the one that the store holds. */
      const from = [performance.now()];
      const behind: Store = {
        ...delegate(durable),
        async replace(id, payload, version, meta) {
          const outcome = await durable.replace(id, payload, version, meta);
          if (outcome === "ok") from[Number(new TextDecoder().decode(payload))] = performance.now();
          return outcome;
        },
      };
      await durable.create("a", bytes("0"), hour());
      const { store, seen } = watched(slow(behind));
      let reads = 0;
      const isEnough = () => from.length > 30 && reads - seen.reads > 50;

      await Promise.all(
        ["one", "two", "three"].map(async () => {
          const front = cached({ cache: slow(shared ? common : memoryStore()), store, for: SPAN / 1000, timeout: 1 });
          let acknowledged = 0;
          const read = async () => {
            const [least, start] = [acknowledged, performance.now()];
            const found = await front.read("a");
            const number = Number(text(found));
            reads++;
            expect(number).toBeGreaterThanOrEqual(least);
            expect(from[number + 1] ?? start).toBeGreaterThanOrEqual(start - SPAN - 5);
            return { number, version: found?.version };
          };
          const reader = async () => {
            while (!isEnough()) await read();
          };
          const writer = async () => {
            while (!isEnough()) {
              const { number, version } = await read();
              const outcome = await front.replace("a", bytes(String(number + 1)), version, hour());
              if (outcome === "ok") acknowledged = Math.max(acknowledged, number + 1);
              await sleep(Math.random() * 100);
            }
          };
          await Promise.all([reader(), reader(), reader(), writer(), writer()]);
        }),
      );
    },
  );
});
