/** Stores that break the contract as real ones have: for the test that the storm notices. */
import type { Store, StoredSession } from "../../src/store.ts";

const STALE_FOR = 50;

/** Compares nothing: the last writer wins. */
export function blindReplace(good: Store): Store {
  return broken(good, {
    replace: async (id, payload, _version, meta) => {
      for (;;) {
        const stored = await good.read(id);
        if (stored === undefined) return "gone";
        const outcome = await good.replace(id, payload, stored.version, meta);
        if (outcome !== "conflict") return outcome;
      }
    },
  });
}

/** An upsert: who comes late brings back what was ended. */
export function revivingReplace(good: Store): Store {
  return broken(good, {
    replace: async (id, payload, version, meta) => {
      const outcome = await good.replace(id, payload, version, meta);
      return outcome === "gone" ? good.create(id, payload, meta).then(() => "ok") : outcome;
    },
  });
}

/** A cache, or a replica, that hasn't heard yet. */
export function lateRead(good: Store): Store {
  const known = new Map<string, { stored: StoredSession | undefined; until: number }>();
  return broken(good, {
    read: async (id, renewal) => {
      const hit = known.get(id);
      if (hit && hit.until > performance.now()) return hit.stored;
      const stored = await good.read(id, renewal);
      known.set(id, { stored, until: performance.now() + STALE_FOR });
      return stored;
    },
  });
}

/** An index that lost entries: their user doesn't see them, and `revokeAll` doesn't reach them. */
export function lackingList(good: Store): Store {
  return broken(good, {
    async *list(filter) {
      for await (const session of good.list?.(filter) ?? []) if (!/^[A-H]/.test(session.id)) yield session;
    },
  });
}

function broken(good: Store, fault: Partial<Store>): Store {
  return {
    create: (...args) => good.create(...args),
    read: (...args) => good.read(...args),
    replace: (...args) => good.replace(...args),
    delete: (...args) => good.delete(...args),
    async *list(filter) {
      yield* good.list?.(filter) ?? [];
    },
    close: async () => good.close?.(),
    ...fault,
  };
}
