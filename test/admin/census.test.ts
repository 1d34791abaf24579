import { describe, expect, it, onTestFinished, vi } from "vitest";
import { estimateShare, estimateTotal, estimateUsers } from "../../src/admin/census/estimate.ts";
import { fingerprint } from "../../src/core/crypto.ts";
import { createSessionManager, type ListedSession, type Store } from "../../src/index.ts";
import { forwarding } from "../../src/stores/lib/forwarding.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { settableClock } from "../../src/testing/index.ts";
import { open } from "./lib/operator.ts";
import { populate, settle } from "./lib/population.ts";

describe("an estimate", () => {
  it.each([2_000, 10_000])("of %d sessions by the first thousand ids is as near as it says, nearly always", (total) => {
    const trials = 40;
    const near = Array.from({ length: trials }, (_, trial) => {
      const ids = Array.from({ length: total }, (_, n) => fingerprint(`${trial}-${n}`)).sort();
      const { value, error } = estimateTotal(ids.slice(0, 1000)) ?? { value: 0, error: 0 };
      expect(error).toBeCloseTo(0.062, 3);
      return Math.abs(value / total - 1) < error;
    });
    // 38 are to be expected; of a right estimate, fewer than 32 happen once in a thousand times.
    expect(near.filter(Boolean).length).toBeGreaterThanOrEqual(32);
  });

  it("isn't made of ids that aren't in order, nor of few", () => {
    const ids = Array.from({ length: 1000 }, (_, n) => fingerprint(String(n)));
    expect(estimateTotal(ids)).toBeUndefined();
    expect(estimateTotal([...ids].sort().slice(0, 20))).toBeUndefined();
  });

  it("counts the users of some sessions by how many each has", () => {
    const signedIn = { value: 600, error: 0 };
    // Half of the sessions are of users who have one, half of users who have three.
    const users = estimateUsers(signedIn, [1, 3, 1, 3, 1, 3, 1, 3]);
    expect(users?.value).toBeCloseTo(300 + 100);
    expect(estimateUsers(signedIn, [1, 1, 1])?.error).toBe(0);
    // Where not all of a user's sessions were counted, there may be fewer users by as much, or none.
    const counts = Array.from({ length: 100 }, (_, n) => (n < 50 ? 2 : 20));
    expect(estimateUsers(signedIn, counts, 20)).toEqual({
      value: expect.closeTo(600 * (0.5 * 0.5 + 0.5 * 0.025)),
      error: expect.closeTo(0.178 + 0.0125 / 0.2625, 2),
    });
    expect(estimateUsers(signedIn, [20, 20, 20, 20], 20)).toBeUndefined();
    expect(estimateUsers(signedIn, [])).toBeUndefined();
    expect(estimateShare({ value: 1000, error: 0 }, 25, 100)).toEqual({ value: 250, error: expect.closeTo(0.339, 2) });
  });
});

describe("the overview", () => {
  it("counts exactly what it can count", async () => {
    const { operator, store } = open();
    for (const subject of ["ada", "ada", "grace"]) await settle(store, { subject });
    await settle(store, { data: { cart: 1 } });
    expect((await operator.get("")).words).toContain("Sessions 4 Signed in 3 Users 2 Counted.");
  });

  it("shows how the sessions are spread", async () => {
    const { operator, store } = open();
    const [hour, day] = [3_600_000, 86_400_000];
    await settle(store, { subject: "a", age: 2 * hour, unusedFor: 0 });
    await settle(store, { subject: "b", age: 2 * day, unusedFor: 1.5 * day });
    await settle(store, { subject: "c", age: 2 * day, unusedFor: 1.5 * day, data: { long: "x".repeat(3000) } });
    const { text, words } = await operator.get("");
    expect(words).toMatch(/1 to 6 h 1 6 to 24 h 0 1 to 3 days 2/);
    expect(words).toMatch(/below 128 B 2 .* 2 to 4 KiB 1/);
    expect(words).toContain("2 were last used earlier.");
    expect(text).toMatch(/<svg[^>]* role="img" aria-label="By age\. Bar chart\. Most: 1 to 3 days, 2\."/);
  });

  it("looks again after a minute, and keeps the course of the day", async () => {
    const clock = settableClock(new Date("2026-03-01T12:00:00Z"));
    onTestFinished(() => clock.restore());
    const { operator, store } = open();
    const list = vi.spyOn(store as Required<Store>, "list");
    await operator.get("");
    await operator.get("");
    expect(list).toHaveBeenCalledTimes(1);
    for (let minutes = 0; minutes < 30; minutes += 5) {
      await settle(store, { subject: "ada" });
      clock.advance("5m");
      await operator.get("");
    }
    const { words } = await operator.get("");
    expect(words).toContain("every five minutes since 2026-03-01 12:00 UTC");
    expect(words).toMatch(/2026-03-01 12:00 UTC 0 2026-03-01 12:05 UTC 1 .*2026-03-01 12:30 UTC 6/);
    expect(words).toMatch(/Users over time .*2026-03-01 12:05 UTC 1 .*2026-03-01 12:30 UTC 1/);
  });
});

describe("a store that doesn't list by id", () => {
  /** As Redis is, that lists in the order of a hash. */
  function shuffled(store: Store, estimate?: Store["estimate"]): Store {
    return {
      ...forwarding(store),
      async *list(filter) {
        const sessions: ListedSession[] = [];
        for await (const session of (store as Required<Store>).list(filter)) sessions.push(session);
        yield* sessions.reverse();
      },
      ...(estimate && { estimate }),
    };
  }

  it("tells itself about how many there are, or nobody does", async () => {
    const store = memoryStore();
    await populate(store, 1500);
    const silent = open({ session: { store: shuffled(store) } });
    expect((await silent.operator.get("")).words).toMatch(/Sessions 1,000 or more Signed in – unknown Users – unknown/);
    const estimate = async () => ({ count: 1523, sampled: 1000 });
    const telling = open({ session: { store: shuffled(store, estimate) } });
    expect((await telling.operator.get("")).words).toMatch(/Sessions ≈ 1,520 ± 7 % Signed in ≈ \d+ ± \d+ % /);
  });
});

const MANY = 20_000;

describe("many sessions", () => {
  it("are never read for one page", async () => {
    const store = sqliteStore({ file: ":memory:" });
    await populate(store, MANY);
    const read = { listed: 0, asked: 0 };
    const counted: Store = {
      ...forwarding(store),
      read: (...args) => {
        read.asked++;
        return store.read(...args);
      },
      async *list(filter) {
        read.asked++;
        for await (const session of (store as Required<Store>).list(filter)) {
          read.listed++;
          yield session;
        }
      },
    };
    const manager = createSessionManager({ store: counted });
    const { operator } = open({ manager });
    const costs = async (address: string) => {
      Object.assign(read, { listed: 0, asked: 0 });
      const { status, words } = await operator.get(address);
      expect(status).toBe(200);
      return { words, ...read };
    };

    const overview = await costs("");
    const total = Number(/≈ ([\d,]+) ± 7 %/.exec(overview.words)?.[1]?.replaceAll(",", ""));
    expect(Math.abs(total / MANY - 1)).toBeLessThan(0.2);
    // A thousand, and up to twenty of each of a hundred users.
    expect(overview.listed).toBeLessThanOrEqual(1000 + 100 * 20);
    expect(overview.asked).toBeLessThanOrEqual(101);
    expect(await costs("")).toMatchObject({ listed: 0, asked: 0 });

    const list = await costs("?list=");
    expect(list).toMatchObject({ listed: 51, asked: 1 });
    const next = /href="(\?list=&amp;after=[^"]*)"/.exec((await operator.get("?list=")).text)?.[1] ?? "";
    expect(await costs(next.replaceAll("&amp;", "&"))).toMatchObject({ listed: 51, asked: 1 });
    expect((await costs("?user=ada7")).listed).toBeLessThanOrEqual(51);
    const one = /href="(\?session=[^"]*)"/.exec((await operator.get("?list=")).text)?.[1] ?? "";
    expect(await costs(one)).toMatchObject({ listed: 0, asked: 1 });
    expect(await costs("?do=end-everything")).toMatchObject({ listed: 0, asked: 0 });
    await store.close?.();
  });
});
