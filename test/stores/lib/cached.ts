import type { Store, StoredSession, WriteMeta } from "../../../src/store.ts";

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(found: StoredSession | undefined): string | undefined {
  return found && new TextDecoder().decode(found.payload);
}

/** That many seconds from now. */
export function seconds(count: number): Date {
  return new Date(Date.now() + count * 1000);
}

export function hour(): WriteMeta {
  return { expiresAt: seconds(3600), endsAt: seconds(3600) };
}

/** The store, and how many reads reached it; each answers once its gate, if it has one, is open. */
export function watched(
  store: Store,
  gate: () => Promise<void> | undefined = () => undefined,
): { store: Store; seen: { reads: number } } {
  const seen = { reads: 0 };
  const watching: Store = {
    ...delegate(store),
    async read(id, renewal) {
      seen.reads++;
      const found = await store.read(id, renewal);
      await gate();
      return found;
    },
  };
  return { store: watching, seen };
}

/** The same store as a plain object, to change methods of. */
export function delegate(store: Store): Store {
  return {
    create: (...args) => store.create(...args),
    read: (...args) => store.read(...args),
    replace: (...args) => store.replace(...args),
    delete: (...args) => store.delete(...args),
    ...(store.list && { list: (filter) => (store as Required<Store>).list(filter) }),
    ...(store.prune && { prune: (now) => (store as Required<Store>).prune(now) }),
  };
}
