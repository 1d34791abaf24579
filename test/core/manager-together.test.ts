/** Requests that wait for their turn at one session are stored together, and each still gets an answer of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSessionManager, type Session, type SessionOptions, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { loopTime } from "../lib/elapsed.ts";
import { gate, withMethods } from "./lib/stores.ts";
import { type Data, dataOf, Visitor, write } from "./lib/visitor.ts";

type Request = (session: Session, data: Data) => unknown;
type Call = "read" | "replace";

interface Stage {
  /** The second write is the one of those that waited. */
  replace?: (round: number, args: Parameters<Store["replace"]>, inner: Store) => ReturnType<Store["replace"]>;
  options?: SessionOptions;
}

const raise: Request = (session) =>
  session.update((data: Data) => {
    data.n = (data.n ?? 0) + 1;
  });

/** Has `requests` wait behind a first one that sets `first`. Resolves to how they came out, and what they cost and left. */
async function together(requests: Request[], { replace, options }: Stage = {}) {
  const inner = memoryStore();
  const first = gate();
  const calls: Call[] = [];
  let rounds = 0;
  const store = withMethods(inner, {
    read: (...args) => {
      calls.push("read");
      return inner.read(...args);
    },
    replace: async (...args) => {
      calls.push("replace");
      const round = ++rounds;
      if (round === 1) await first.opened;
      return replace?.(round, args, inner) ?? inner.replace(...args);
    },
  });
  const browser = new Visitor(createSessionManager({ ...options, store }));
  await browser.visit(write("n", 0));
  const all = [write("first", 1), ...requests];
  const sessions = await Promise.all(all.map(() => browser.open()));
  calls.length = 0;
  const visits = sessions.map(async (session, index) => {
    await all[index]?.(session, dataOf(session));
    return browser.manager.commit(session);
  });
  const settled = Promise.allSettled(visits);
  await sleep(5);
  first.open();
  const outcomes = (await settled).slice(1);
  const reasons = outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : "done"));
  return { reasons, calls: [...calls], data: (await browser.look()).data };
}

describe("requests that wait together", () => {
  it("cost one read and one write, whatever they do", async () => {
    const { reasons, calls, data } = await together([raise, write("a", 1), raise, write("b", 2), raise]);
    expect(reasons).toEqual(["done", "done", "done", "done", "done"]);
    expect(calls).toEqual(["replace", "read", "replace"]);
    expect(data).toEqual({ n: 3, first: 1, a: 1, b: 2 });
  });

  it("fail alone", async () => {
    const refuse: Request = (session) =>
      session.update((data: Data) => {
        data.n = 1000;
        throw new Error("no");
      });
    const { reasons, data } = await together([raise, refuse, write("bad", () => {}), raise]);
    expect(reasons).toEqual(["done", "Error: no", expect.stringContaining("bad"), "done"]);
    expect(data).toEqual({ n: 2, first: 1 });
  });

  it("don't share what they hold", async () => {
    const list: string[] = ["mine"];
    const push: Request = (session) => session.update((data: Data) => void (data.a as string[]).push("theirs"));
    const { data } = await together([write("a", list), push]);
    expect(data.a).toEqual(["mine", "theirs"]);
    expect(list).toEqual(["mine"]);
  });

  it("are all done again when another process came between, and tell of it once", async () => {
    const events: string[] = [];
    const { reasons, data } = await together([raise, write("a", 1), raise], {
      options: { onEvent: ({ type }) => events.push(type) },
      replace: async (round, args, inner) => {
        if (round === 2) {
          const [id] = args;
          const stored = await inner.read(id);
          const theirs = new TextDecoder().decode(stored?.payload).replace('"n":0', '"n":10');
          await inner.replace(id, new TextEncoder().encode(theirs), stored?.version, args[3]);
        }
        return inner.replace(...args);
      },
    });
    expect(reasons).toEqual(["done", "done", "done"]);
    expect(events.filter((type) => type === "merged")).toHaveLength(1);
    expect(data).toEqual({ n: 12, first: 1, a: 1 });
  });

  it("find out together that the session has ended", async () => {
    const { reasons, data } = await together([raise, write("a", 1)], {
      replace: async (round, args, inner) => {
        if (round === 2) await inner.delete(args[0]);
        return inner.replace(...args);
      },
    });
    expect(reasons).toEqual([expect.stringContaining("ended meanwhile"), "done"]);
    expect(data).toEqual({});
  });

  it("empty it after the others", async () => {
    const { reasons, data } = await together([(session) => session.clear(), raise]);
    expect(reasons).toEqual(["done", "done"]);
    expect(data).toEqual({ n: 1, first: 1 });
  });

  it("are refused one by one, with onConflict: reject", async () => {
    const events: string[] = [];
    const options: SessionOptions = { onConflict: "reject", onEvent: ({ type }) => events.push(type) };
    const { reasons, data } = await together([raise, write("a", 1)], { options });
    expect(reasons).toEqual(["done", expect.stringContaining("onConflict")]);
    expect(events.filter((type) => type === "conflict")).toHaveLength(1);
    expect(data).toEqual({ n: 1, first: 1 });
  });
});

it("a logout waits for none of them", async () => {
  const inner = memoryStore();
  const [reached, stalled] = [gate(), gate()];
  let stalls = false;
  const store = withMethods(inner, {
    replace: async (...args) => {
      if (stalls) {
        reached.open();
        await stalled.opened;
      }
      return inner.replace(...args);
    },
  });
  const browser = new Visitor(createSessionManager({ store }));
  await browser.visit(write("n", 0));
  stalls = true;
  const writing = [raise, raise, raise].map((change) =>
    browser.visit(async (session, data) => {
      await change(session, data);
    }),
  );
  await reached.opened;
  const session = await browser.open();
  session.logout();
  stalls = false;
  await browser.commit(session);
  expect((await browser.look()).data).toEqual({});
  stalled.open();
  await Promise.allSettled(writing);
  expect((await browser.look()).data).toEqual({});
});

describe("a lost answer to requests that wait together", () => {
  const lost = () => Promise.reject(new Error("cut"));

  it("is nothing to them where the write arrived", async () => {
    const { reasons, data } = await together([raise, write("a", 1)], {
      replace: async (round, args, inner) => {
        const outcome = await inner.replace(...args);
        return round === 2 ? lost() : outcome;
      },
    });
    expect(reasons).toEqual(["done", "done"]);
    expect(data).toEqual({ n: 1, first: 1, a: 1 });
  });

  it("has what may happen twice go on, and an update say that it doesn't know, where it did not arrive", async () => {
    const { reasons, data } = await together([raise, write("a", 1)], {
      replace: (round, args, inner) => (round === 2 ? lost() : inner.replace(...args)),
    });
    expect(reasons).toEqual([expect.stringContaining("whether the change was stored is unknown"), "done"]);
    expect(data).toEqual({ n: 0, first: 1, a: 1 });
  });

  it("ends in time where none ever comes", async () => {
    const took = await loopTime(async () => {
      const { reasons } = await together([raise, write("a", 1)], {
        options: { storeTimeout: 1 },
        replace: (round, args, inner) => (round === 2 ? new Promise(() => {}) : inner.replace(...args)),
      });
      expect(reasons).toEqual([expect.stringContaining("storeTimeout"), expect.stringContaining("storeTimeout")]);
    });
    expect(took).toBeLessThan(3000);
  });
});
