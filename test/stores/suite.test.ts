/** The conformance suite finds what it is there to find: each of these stores breaks one sentence of the contract. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ListedSession, ListFilter, Store } from "../../src/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type StoreSuite, testStore } from "../../src/testing/store.ts";

/** Runs the suite with a runner of its own; resolves to the names of the tests that failed. */
async function failures(create: () => Store, options: Partial<StoreSuite> = {}): Promise<string[]> {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  const it = (name: string, body: () => Promise<void>) => tests.push({ name, body });
  testStore({ describe: (_name, body) => body(), it, create, maxBytes: 1000, ...options });
  const outcomes = await Promise.allSettled(tests.map(({ body }) => body()));
  return tests.flatMap(({ name }, index) => (outcomes[index]?.status === "rejected" ? [name] : []));
}

const far = { expiresAt: new Date(Date.now() + 1e9), endsAt: new Date(Date.now() + 1e9) };
const lower = (id: string) => id.toLowerCase();

async function* listed(store: Store, filter: ListFilter): AsyncGenerator<ListedSession> {
  if (store.list) yield* store.list(filter);
}

/** A memory store under another name for each id. */
function renaming(store: Store, rename: (id: string) => string): Partial<Store> {
  return {
    create: (id, ...rest) => store.create(rename(id), ...rest),
    read: (id, renewal) => store.read(rename(id), renewal),
    replace: (id, ...rest) => store.replace(rename(id), ...rest),
    delete: (id) => store.delete(rename(id)),
  };
}

/** What each does wrong, and a test that must notice. */
const faults: [fault: string, notices: string, change: (good: Store) => Partial<Store>][] = [
  [
    "an upsert",
    "replace of what was deleted is gone, and revives nothing",
    (good) => ({
      replace: async (id, payload, version, meta) => {
        const outcome = await good.replace(id, payload, version, meta);
        return outcome === "gone" ? good.create(id, payload, meta).then(() => "ok" as const) : outcome;
      },
    }),
  ],
  [
    "a create that takes an id over",
    "create reports an id that exists, and leaves it alone",
    (good) => ({
      create: async (id, payload, meta) => {
        await good.delete(id);
        return good.create(id, payload, meta);
      },
    }),
  ],
  [
    "no compare",
    "replace over a version that is no longer stored is a conflict, and writes nothing",
    (good) => ({
      replace: async (id, payload, _version, meta) => good.replace(id, payload, (await good.read(id))?.version, meta),
    }),
  ],
  [
    "compare, then swap later",
    "of 32 replaces of one version exactly one is done",
    (good) => ({
      replace: async (id, payload, version, meta) => {
        const found = await good.read(id);
        if (!found) return "gone";
        if (Buffer.compare(found.payload, version as Uint8Array) !== 0) return "conflict";
        await nextTurn();
        return good.replace(id, payload, (await good.read(id))?.version, meta);
      },
    }),
  ],
  [
    "a delete that knows nothing",
    "delete tells whether it was there",
    (good) => ({ delete: (id) => good.delete(id).then(() => true) }),
  ],
  [
    "payloads as text",
    "keeps and compares bytes that are no UTF-8",
    (good) => ({
      create: (id, payload, meta) => good.create(id, Buffer.from(new TextDecoder().decode(payload)), meta),
    }),
  ],
  ["ids without case", "ids that look alike are different sessions", (good) => renaming(good, lower)],
  [
    "ids cut short",
    "an id of 255 characters differs from one that ends otherwise",
    (good) => renaming(good, (id) => id.slice(0, 250)),
  ],
  ["trimmed ids", "ids that look alike are different sessions", (good) => renaming(good, (id) => id.trim() || id)],
  [
    "a payload by reference",
    "changing what was read changes nothing",
    (good) => {
      const kept = new Map<string, Uint8Array>();
      return {
        read: async (id) => {
          const found = await good.read(id);
          if (!found) return undefined;
          const payload = kept.get(id) ?? found.payload;
          kept.set(id, payload);
          return { ...found, payload };
        },
      };
    },
  ],
  ["no renewal", "a read that is due renews, and says so", (good) => ({ read: (id) => good.read(id) })],
  [
    "a renewal without condition",
    "a renewal never brings the end nearer",
    (good) => ({
      read: async (id, renewal) => {
        const found = await good.read(id);
        if (!found || !renewal) return found;
        const { expiresAt } = renewal;
        await good.replace(id, found.payload, found.version, { expiresAt, endsAt: expiresAt });
        return { ...found, renewed: true };
      },
    }),
  ],
  [
    "no expiry",
    "what has expired is missing to every call",
    (good) => ({
      create: (id, payload, { subject }) => good.create(id, payload, subject === undefined ? far : { ...far, subject }),
    }),
  ],
  [
    "a replace that leaves the end where it is",
    "replace brings the end nearer",
    (good) => ({ replace: (id, payload, version) => good.replace(id, payload, version, far) }),
  ],
  [
    "subjects without case",
    "subjects that look alike are different users",
    (good) => ({
      create: (id, payload, meta) => good.create(id, payload, { ...meta, subject: lower(meta.subject ?? "") }),
      list: (filter) =>
        listed(good, filter.subject === undefined ? filter : { ...filter, subject: lower(filter.subject) }),
    }),
  ],
  [
    "a cursor that leads back",
    "pages through all: no gap, nothing twice, the same order each time",
    (good) => ({ list: ({ after, ...filter }) => listed(good, filter) }),
  ],
  [
    "a limit that is ignored",
    "stops at the limit, and after the last of one subject",
    (good) => ({ list: ({ limit, ...filter }) => listed(good, filter) }),
  ],
  [
    "a list twice over",
    "lists all, with and without a subject",
    (good) => ({
      async *list(filter) {
        for await (const session of listed(good, filter)) yield* [session, session];
      },
    }),
  ],
  [
    "a prune that counts nothing",
    "prune removes the expired, and tells how many",
    (good) => ({ prune: (now) => good.prune?.(now).then(() => 0) ?? Promise.resolve(0) }),
  ],
  [
    "a prune that takes all",
    "prune goes by the time that it is given",
    (good) => ({ prune: async () => (await good.prune?.(new Date(8e15))) ?? 0 }),
  ],
  [
    "a close that closes nothing",
    "close can be called twice, and then every call rejects",
    () => ({ close: async () => {} }),
  ],
];

describe.concurrent("a broken store", () => {
  it.each(faults)("%s", async (_fault, notices, change) => {
    const create = () => {
      const good = memoryStore();
      return { ...bound(good), ...change(good) };
    };
    expect(await failures(create)).toContain(notices);
  });

  it("methods that are missing unnamed, or there though named missing", async () => {
    const bare = () => Object.assign(bound(memoryStore()), { list: undefined, prune: undefined }) as unknown as Store;
    expect(await failures(bare)).toEqual(
      expect.arrayContaining(["lists nothing where nothing is", "prune goes by the time that it is given"]),
    );
    expect(await failures(bare, { without: ["list", "prune"] })).toEqual([]);
    expect(await failures(() => memoryStore(), { without: ["list", "prune"] })).toEqual([
      "has no list, as told",
      "has no prune, as told",
    ]);
  });

  it("and nothing in a good one", async () => {
    expect(await failures(() => memoryStore())).toEqual([]);
  });
});

/** The methods of a store as plain functions, to be changed one by one. */
function bound(store: Store): Store {
  return {
    create: (...args) => store.create(...args),
    read: (...args) => store.read(...args),
    replace: (...args) => store.replace(...args),
    delete: (id) => store.delete(id),
    list: (filter) => listed(store, filter),
    prune: async (now) => (await store.prune?.(now)) ?? 0,
  };
}
