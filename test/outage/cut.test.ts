import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSessionManager, SessionError } from "../../src/index.ts";
import type { Store } from "../../src/store.ts";
import { has, type Reached, reach, serverNames } from "./lib/reach.ts";
import { Visitor } from "./lib/visitor.ts";

/** A new connection says several things before the write itself; so these packets of it are the ones after which it is cut. */
const STAGES = [1, 1, 1, 2, 3, 5, 8];

describe.each(serverNames)("%s: connections cut when the answer to a write comes", (name) => {
  let reached: Reached;
  let cutAt = 0;
  /** Writes of each kind. MongoDB's client takes half a second to come back to a server that it has lost. */
  const trials = name === "mongodb" ? 28 : 119;
  /** Of the packets of a write, the connection is cut after the one with the number `cutAt`. */
  async function inWrite<T>(write: () => Promise<T>): Promise<T> {
    let packets = 0;
    const stage = cutAt;
    cutAt = 0;
    if (stage === 0) return write();
    await reached.proxy.set({ cut: () => ++packets === stage });
    return write().finally(() => reached.proxy.set("pass"));
  }
  const cutting = (store: Store): Store => ({
    create: (...args) => store.create(...args),
    read: (...args) => store.read(...args),
    replace: (...args) => inWrite(() => store.replace(...args)),
    delete: (...args) => inWrite(() => store.delete(...args)),
  });
  const visitor = async () => {
    const visitor = new Visitor(createSessionManager({ store: cutting(reached.store), storeTimeout: 5 }));
    await visitor.count();
    return visitor;
  };

  beforeAll(async () => {
    if (has(name)) reached = await reach(name);
  }, 60_000);
  afterAll(() => reached?.close());

  it.skipIf(!has(name))("update applies nothing twice, and says what it can't know", { timeout: 60_000 }, async () => {
    const someone = await visitor();
    let proven = 0;
    for (let trial = 0, n = 1; trial < trials; trial++) {
      cutAt = STAGES[trial % STAGES.length] ?? 0;
      const before = reached.proxy.cuts;
      const error = await someone.count().catch((error: unknown) => error);
      const wasCut = reached.proxy.cuts > before;
      const { n: now = 0 } = await someone.data();
      if (error === undefined) {
        expect(now).toBe(n + 1);
        if (wasCut) proven++;
      } else {
        expect(error).toBeInstanceOf(SessionError);
        expect(error).toMatchObject({ code: "ERR_STORE" });
        expect([n, n + 1]).toContain(now);
      }
      n = now;
    }
    // Done, the answer lost, and known all the same by the bytes that are stored.
    expect(proven).toBeGreaterThan(trials / 10);
  });

  it.skipIf(!has(name))("a commit reads again, and goes on", { timeout: 60_000 }, async () => {
    const someone = await visitor();
    const before = reached.proxy.cuts;
    for (let trial = 0; trial < trials; trial++) {
      cutAt = STAGES[trial % STAGES.length] ?? 0;
      await someone.set(`k${trial}`);
    }
    const { n, ...keys } = await someone.data();
    expect(n).toBe(1);
    expect(Object.keys(keys).length).toBe(trials);
    expect(reached.proxy.cuts - before).toBeGreaterThan(trials / 4);
  });

  it.skipIf(!has(name))("a session that was ended stays ended", { timeout: 60_000 }, async () => {
    for (let trial = 0; trial < trials / 4; trial++) {
      const someone = await visitor();
      await someone.set("key");
      cutAt = STAGES[trial % STAGES.length] ?? 0;
      await someone.request((session) => session.destroy());
      expect(await someone.data()).toEqual({});
    }
  });
});
