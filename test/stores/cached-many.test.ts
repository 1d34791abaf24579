import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Store } from "../../src/store.ts";
import { cached } from "../../src/stores/cached.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { bytes, delegate, hour, text, watched } from "./lib/cached.ts";

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
