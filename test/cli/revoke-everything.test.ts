import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Context } from "../../src/cli/lib/command.ts";
import { inParallel } from "../../src/cli/migrate/in-parallel.ts";
import { revokeEverything } from "../../src/cli/revoke/everything.ts";
import { createSessionManager, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { visitOn } from "./lib/visits.ts";

function contextWith(signal: AbortSignal = new AbortController().signal): Context {
  const stream = () => new PassThrough().resume();
  const io = {
    argv: [],
    env: {},
    cwd: "/",
    stdin: stream(),
    stdout: stream(),
    stderr: stream(),
    signal,
    interrupt() {},
  };
  return new Context(io, {});
}

async function idsOf(manager: ReturnType<typeof createSessionManager>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of manager.list()) ids.push(id);
  return ids;
}

/** A memory store whose `delete` goes through `before` first. */
function storeWith(before: () => Promise<void>): Store {
  const store = memoryStore();
  const remove = store.delete.bind(store);
  store.delete = async (id) => {
    await before();
    return remove(id);
  };
  return store;
}

it("ends what was there, and not who signs in meanwhile", async () => {
  const late: string[] = [];
  const clock = settableClock();
  try {
    const manager = createSessionManager({
      store: storeWith(async () => {
        // Beyond what clocks may differ by.
        if (late.length === 0) clock.advance("1m");
        if (late.length < 40) late.push(...(await visitOn(manager, [{ user: "late" }])));
      }),
    });
    await visitOn(
      manager,
      Array.from({ length: 60 }, () => ({ user: "ada" })),
    );
    expect(await revokeEverything(contextWith(), manager, 60)).toBe(60);
    expect((await idsOf(manager)).sort()).toEqual(late.sort());
    expect(late.length).toBeGreaterThan(0);
  } finally {
    clock.restore();
  }
});

it("ends what a machine made whose clock is ahead, and who kept signing in meanwhile", async () => {
  const clock = settableClock();
  try {
    let signIns = 0;
    const manager = createSessionManager({
      store: storeWith(async () => {
        if (++signIns < 30) await visitOn(manager, [{ user: "busy" }]);
      }),
    });
    const now = new Date();
    clock.advance("3s");
    await visitOn(manager, [{ user: "ada" }]);
    clock.set(now);
    expect(await revokeEverything(contextWith(), manager, 1)).toBe(30);
    expect(await idsOf(manager)).toEqual([]);
  } finally {
    clock.restore();
  }
});

it("says how far it came when the store fails", async () => {
  let deletes = 0;
  const store = storeWith(async () => {
    if (++deletes > 5) throw new Error("the disk is full");
  });
  const manager = createSessionManager({ store, storeTimeout: "1s" });
  await visitOn(
    manager,
    Array.from({ length: 20 }, () => ({})),
  );
  const failure = revokeEverything(contextWith(), manager, 20);
  await expect(failure).rejects.toThrow("5 sessions ended, then it failed; do it again");
});

it("stops when it is interrupted", async () => {
  const manager = createSessionManager({ store: memoryStore() });
  await visitOn(
    manager,
    Array.from({ length: 5 }, () => ({})),
  );
  expect(await revokeEverything(contextWith(AbortSignal.abort(130)), manager, 5)).toBe(0);
  expect(await idsOf(manager)).toHaveLength(5);
});

it("does a few at a time, and ends what is under way before it fails", async () => {
  let [running, most, done, asked] = [0, 0, 0, 0];
  async function* items() {
    for (let item = 0; item < 100; item++) {
      asked++;
      yield item;
    }
  }
  const work = inParallel(items(), 4, new AbortController().signal, async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    if (item === 10) throw new Error("no");
    done++;
  });
  await expect(work).rejects.toThrow("no");
  expect({ most, running }).toEqual({ most: 4, running: 0 });
  // The one that failed, and the one after it.
  expect(done).toBe(asked - 2);
  expect(asked).toBeLessThan(20);
});
