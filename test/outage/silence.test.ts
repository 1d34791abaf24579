import { readdir, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { loopTime } from "../lib/elapsed.ts";
import { has, type Reached, reach, serverNames } from "./lib/reach.ts";
import { Visitor } from "./lib/visitor.ts";

const VISITORS = 20;
/** Seconds. */
const STORE_TIMEOUT = 0.4;
/** Milliseconds that a busy machine adds. */
const MARGIN = 1000;
/** Milliseconds: `connectStore` gives a connection up after 10 seconds without an answer. */
const RECOVERY = 25_000;

let sockets = 0;
beforeAll(async () => {
  sockets = await countSockets();
});
afterAll(async () => {
  await vi.waitFor(async () => expect(await countSockets()).toBeLessThanOrEqual(sockets), 10_000);
});

it.concurrent.for(serverNames.filter(has))("%s doesn't answer", { timeout: 120_000 }, async (name) => {
  const reached = await reach(name);
  try {
    const { proxy, store } = reached;
    const patient = createSessionManager({ store, storeTimeout: 10 });
    const visitors = Array.from({ length: VISITORS }, () => new Visitor(patient));
    await Promise.all(visitors.map((visitor) => visitor.count()));

    // For a while: what waited is carried out late.
    await proxy.set("stall");
    await expectTimeouts(reached, visitors);
    await proxy.set("pass");
    await expectRecovery(reached, visitors);

    // Never again, on the connections that there are.
    await proxy.set("swallow");
    await expectTimeouts(reached, visitors);
    await proxy.set("pass");
    await expectRecovery(reached, visitors);

    // Or with what is none: a fault, and no other session.
    await proxy.set({ garbage: Buffer.from("\r\n\0\xff garbage\r\n", "latin1") });
    await expectTimeouts(reached, visitors);
    await proxy.set("pass");
    proxy.reset();
    await expectRecovery(reached, visitors);

    // And is closed meanwhile.
    await proxy.set("stall");
    const counting = visitors[0]?.count().catch(() => {});
    const took = await loopTime(() =>
      store.close?.().catch((error: unknown) => expect(error).toMatchObject({ message: /doesn't close/ })),
    );
    expect(took).toBeLessThan(5000 + MARGIN);
    await counting;
    await proxy.set("pass");
    await vi.waitFor(() => expect(proxy.open).toBe(0), 10_000);
  } finally {
    await reached.close();
  }
});

/** Every request ends by its own deadline, with the error that says so. */
async function expectTimeouts({ store }: Reached, visitors: Visitor[]): Promise<void> {
  const manager = createSessionManager({ store, storeTimeout: STORE_TIMEOUT });
  for (const visitor of visitors) visitor.manager = manager;
  for (let round = 0; round < 3; round++) {
    let outcomes: PromiseSettledResult<unknown>[] = [];
    const took = await loopTime(async () => {
      outcomes = await Promise.allSettled(visitors.map((visitor) => visitor.count()));
    });
    expect(took).toBeLessThan(STORE_TIMEOUT * 1000 + MARGIN);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { name: "SessionError", code: "ERR_STORE" } });
    }
  }
}

/** The store works again by itself, and nothing of the sessions is broken. */
async function expectRecovery({ store }: Reached, visitors: Visitor[]): Promise<void> {
  const manager = createSessionManager({ store, storeTimeout: 10 });
  const someone = new Visitor(manager);
  for (const start = performance.now(); ; await sleep(100)) {
    const error = await someone.count().catch((error: unknown) => error);
    if (error === undefined) break;
    if (performance.now() - start > RECOVERY) throw error;
  }
  for (const visitor of visitors) {
    visitor.manager = manager;
    const { n = 0 } = await visitor.data();
    expect(n).toBeGreaterThanOrEqual(1);
    await visitor.count();
    expect(await visitor.data()).toMatchObject({ n: n + 1 });
  }
}

/** The sockets that this process has open, where the system tells. */
async function countSockets(): Promise<number> {
  const descriptors = await readdir("/proc/self/fd").catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return links.filter((link) => link.startsWith("socket:")).length;
}
