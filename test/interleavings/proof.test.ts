/** The races find what they are there to find: each of these stores breaks a promise. */
import { expect, it } from "vitest";
import type { Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { listOf, withMethods } from "../core/lib/stores.ts";
import { acts, login } from "./lib/acts.ts";
import { crashAtEachPoint } from "./lib/crash.ts";
import { atEachCall } from "./lib/each-point.ts";
import { expireAtEachPoint } from "./lib/expiry.ts";
import { Points } from "./lib/points.ts";

const upsert = (good: Store): Partial<Store> => ({
  async replace(id, payload, version, meta) {
    const outcome = await good.replace(id, payload, version, meta);
    return outcome === "gone" ? good.create(id, payload, meta).then(() => "ok" as const) : outcome;
  },
});

const broken: [fault: string, change: (good: Store) => Partial<Store>][] = [
  ["revives what was deleted", upsert],
  [
    "writes without comparing",
    (good) => ({
      replace: async (id, payload, _version, meta) => good.replace(id, payload, (await good.read(id))?.version, meta),
    }),
  ],
  ["says that all is well", (good) => ({ replace: (...args) => good.replace(...args).then(() => "ok" as const) })],
  ["lists nobody", () => ({ async *list() {} })],
  ["deletes nothing", () => ({ delete: async () => true })],
];

it.each(broken)("a store is found out that %s", async (_fault, change) => {
  const good = memoryStore();
  const store = withMethods(good, change(good));
  const pairs = acts.flatMap((slow) => acts.map((quick) => atEachCall(slow, quick, store, store)));
  expect((await Promise.allSettled(pairs)).map(({ status }) => status)).toContain("rejected");
});

it("a store is found out that revives what has expired", async () => {
  const good = memoryStore();
  const store = withMethods(good, upsert(good));
  const runs = acts.map((act) => expireAtEachPoint(act, store, store));
  expect((await Promise.allSettled(runs)).map(({ status }) => status)).toContain("rejected");
});

it("a store is found out that writes a record before the entry which lists it", async () => {
  const good = memoryStore();
  const entries = new Set<string>();
  const points = new Points();
  const store = (at: Points["at"]) =>
    withMethods(good, {
      async create(id, ...rest) {
        const outcome = await at(() => good.create(id, ...rest));
        await at(async () => void entries.add(id));
        return outcome;
      },
      read: (...args) => at(() => good.read(...args)),
      replace: (...args) => at(() => good.replace(...args)),
      async *list(filter) {
        for await (const session of listOf(good)(filter)) {
          if (filter.subject === undefined || entries.has(session.id)) yield session;
        }
      },
    });
  const processes = { slow: store((call) => points.at(call)), points, quick: store((call) => call()) };
  await expect(crashAtEachPoint(login, processes)).rejects.toThrow("a user's list is exactly what lives");
});
