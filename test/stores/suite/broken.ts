import type { ListedSession, ListFilter, Store } from "../../../src/store.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { type StoreFault, type StoreSuite, testStore } from "../../../src/testing/store.ts";
import { suffer } from "../lib/faulty.ts";

/** A store with something wrong, and a test that must notice. */
export interface Broken {
  fault: string;
  notices: string;
  suite: Partial<StoreSuite>;
}

/** A good store, but for what `change` makes of it. */
export function broken(fault: string, notices: string, change: (good: Required<Store>) => Partial<Store>): Broken {
  const create = () => {
    const good = bound(memoryStore());
    return { ...good, ...change(good) };
  };
  return { fault, notices, suite: { create } };
}

/** The methods of a store as plain functions, to be changed one by one; it knows when it is closed. */
export function bound(store: Store): Required<Store> {
  let closed = false;
  const open = <T>(call: () => Promise<T>): Promise<T> => (closed ? Promise.reject(new Error("closed")) : call());
  return {
    create: (...args) => open(() => store.create(...args)),
    read: (...args) => open(() => store.read(...args)),
    replace: (...args) => open(() => store.replace(...args)),
    delete: (id) => open(() => store.delete(id)),
    async *list(filter) {
      await open(async () => {});
      yield* listed(store, filter);
    },
    estimate: async () => {
      const { length } = await listAll(store, {});
      return { count: length, sampled: length };
    },
    listedId: (id) => id,
    prune: (now) => open(async () => (await store.prune?.(now)) ?? 0),
    setup: () => open(async () => {}),
    close: async () => {
      closed = true;
    },
  };
}

export async function listAll(store: Store, filter: ListFilter): Promise<ListedSession[]> {
  const sessions: ListedSession[] = [];
  for await (const session of listed(store, filter)) sessions.push(session);
  return sessions;
}

export async function* listed(store: Store, filter: ListFilter): AsyncGenerator<ListedSession> {
  if (store.list) yield* store.list(filter);
}

/** A good store over a client with a fault. */
export function faultyStore(fault: StoreFault): Store {
  const client = bound(memoryStore());
  // It checks what it is answered.
  const send = <T>(command: () => Promise<T>) => suffer(fault === "garbage" ? "throws" : fault, command);
  return {
    create: (...args) => send(() => client.create(...args)),
    read: (...args) => send(() => client.read(...args)),
    replace: (...args) => send(() => client.replace(...args)),
    delete: (id) => send(() => client.delete(id)),
    async *list(filter) {
      yield* await send(() => listAll(client, filter));
    },
    prune: (now) => send(() => client.prune(now)),
  };
}

/** All tests of the suite, with a good store where `options` don't bring another. */
function testsOf(options: Partial<StoreSuite>): { name: string; body: () => Promise<void> }[] {
  const tests: { name: string; body: () => Promise<void> }[] = [];
  testStore({
    describe: (_name, body) => body(),
    it: (name, body) => tests.push({ name, body }),
    create: () => bound(memoryStore()),
    createPair: () => [bound(memoryStore()), bound(memoryStore())],
    createFaulty: faultyStore,
    maxBytes: 1000,
    sessions: 200,
    ...options,
  });
  return tests;
}

/** Of a store on a layout of another system's, whose ids are short. */
export const foreign: Required<Pick<StoreSuite, "subjects" | "holdsId">> = {
  subjects: false,
  holdsId: (id) => id.length <= 100,
};

export const allTests: readonly string[] = [...new Set([...testsOf({}), ...testsOf(foreign)].map(({ name }) => name))];

/** Runs the suite with a runner of its own; resolves to the names of the tests that failed. */
export async function failures(options: Partial<StoreSuite>): Promise<string[]> {
  const tests = testsOf(options);
  const outcomes = await Promise.allSettled(tests.map(({ body }) => body()));
  return tests.flatMap(({ name }, index) => (outcomes[index]?.status === "rejected" ? [name] : []));
}
