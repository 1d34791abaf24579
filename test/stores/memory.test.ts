import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { testStore } from "../../src/testing/store.ts";

testStore({ describe, it, create: () => memoryStore(), createPair: () => [memoryStore(), memoryStore()] });

const soon = () => ({ expiresAt: new Date(Date.now() + 60_000), endsAt: new Date(Date.now() + 60_000) });
const payload = Uint8Array.of(1);

describe("memoryStore", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10" as unknown as number])(
    "refuses maxSessions %s",
    (maxSessions) => {
      expect(() => memoryStore({ maxSessions })).toThrow(new TypeError("maxSessions: a positive integer"));
    },
  );

  it("pushes out the least recently used", async () => {
    const store = memoryStore({ maxSessions: 2 });
    await store.create("a", payload, soon());
    await store.create("b", payload, soon());
    await store.read("a");
    await store.create("c", payload, soon());
    expect(await store.read("b")).toBeUndefined();
    expect(await store.read("a")).toBeDefined();
    expect(await store.read("c")).toBeDefined();
  });

  it("counts a listing as no use", async () => {
    const store = memoryStore({ maxSessions: 2 });
    await store.create("a", payload, soon());
    await store.create("b", payload, soon());
    for await (const { id } of store.list?.({ limit: 1 }) ?? []) expect(id).toBe("a");
    await store.create("c", payload, soon());
    expect(await store.read("a")).toBeUndefined();
  });

  it("clears what expired when a new one comes, without a timer", async () => {
    const clock = settableClock();
    try {
      const store = memoryStore();
      await store.create("a", payload, soon());
      clock.advance("2m");
      await store.create("b", payload, soon());
      expect(await store.prune?.(new Date(Date.now()))).toBe(0);
    } finally {
      clock.restore();
    }
  });

  it("is told the time by the settable clock alone", () => {
    const RealDate = Date;
    const clock = settableClock(new Date(1000));
    try {
      clock.advance("1s");
      expect([Date.now(), new Date(), new Date(5)]).toEqual([2000, new RealDate(2000), new RealDate(5)]);
      expect(new Date()).toBeInstanceOf(RealDate);
      clock.set(new Date(500));
      expect(Date.now()).toBe(500);
    } finally {
      clock.restore();
    }
    expect(Date.now()).toBeGreaterThan(1e12);
  });

  it("follows the settable clock", async () => {
    const clock = settableClock();
    try {
      const store = memoryStore();
      await store.create("a", payload, soon());
      clock.advance(59);
      expect(await store.read("a")).toBeDefined();
      clock.advance("1s");
      expect(await store.read("a")).toBeUndefined();
    } finally {
      clock.restore();
    }
  });
});
