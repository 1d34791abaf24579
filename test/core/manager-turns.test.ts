/** Between two turns at one session, a process leaves it to the others where it has met any. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSessionManager, type Session, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { withMethods } from "./lib/stores.ts";
import { type Data, Visitor, write } from "./lib/visitor.ts";

/** Milliseconds that each write takes. */
const WRITE = 20;

interface Call {
  name: "read" | "replace";
  at: number;
}

/**
 * Two requests on one session, the second made once the first is answered. In the first `conflicts` writes another process
 * comes between.
 */
async function twice(conflicts: number): Promise<{ answeredAt: number; calls: Call[]; data: Data }> {
  const inner = memoryStore();
  const calls: Call[] = [];
  let left = 0;
  const note = (name: Call["name"]) => void calls.push({ name, at: performance.now() });
  const interfere = async (id: string, meta: Parameters<Store["replace"]>[3]) => {
    const stored = await inner.read(id);
    const theirs = new TextDecoder().decode(stored?.payload).replace(/"theirs":\d+/, `"theirs":${left}`);
    await inner.replace(id, new TextEncoder().encode(theirs), stored?.version, meta);
  };
  const store = withMethods(inner, {
    read: (...args) => {
      note("read");
      return inner.read(...args);
    },
    replace: async (...args) => {
      note("replace");
      await sleep(WRITE);
      if (left > 0) await interfere(args[0], args[3]);
      left--;
      return inner.replace(...args);
    },
  });
  const browser = new Visitor(createSessionManager({ store }));
  await browser.visit(write("theirs", 9));
  const [first, second] = [await browser.open(), await browser.open()];
  const raise = (session: Session) =>
    session.update((data: Data) => {
      data.n = (data.n ?? 0) + 1;
    });
  left = conflicts;
  calls.length = 0;
  await raise(first);
  const answeredAt = performance.now();
  await raise(second);
  return { answeredAt, calls, data: (await browser.look()).data };
}

describe("a process that met no other", () => {
  it("is free for the next write when it has answered", async () => {
    const { calls } = await twice(0);
    // The second was not in line: it tries the version that it opened, before it reads again.
    expect(calls.slice(0, 2).map(({ name }) => name)).toEqual(["replace", "replace"]);
  });
});

describe("a process that met another", () => {
  it("answers, and then leaves the session to it for longer than its turn took", async () => {
    const { answeredAt, calls, data } = await twice(1);
    expect(calls.slice(0, 4).map(({ name }) => name)).toEqual(["replace", "read", "replace", "read"]);
    const [start, , , next] = calls.map(({ at }) => at);
    expect((next ?? 0) - answeredAt).toBeGreaterThan(answeredAt - (start ?? 0));
    expect(data).toEqual({ theirs: 1, n: 2 });
  });
});
