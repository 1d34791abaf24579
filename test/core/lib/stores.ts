import type { Store } from "../../../src/index.ts";
import { memoryStore } from "../../../src/stores/memory.ts";

/** `store` with some of its methods replaced: for injecting faults. */
export function withMethods(store: Store, methods: Partial<Store>): Store {
  return {
    create: (...args) => store.create(...args),
    read: (...args) => store.read(...args),
    replace: (...args) => store.replace(...args),
    delete: (...args) => store.delete(...args),
    list: (filter) => listOf(store)(filter),
    prune: async (now) => (await store.prune?.(now)) ?? 0,
    ...methods,
  };
}

export function listOf(store: Store): NonNullable<Store["list"]> {
  if (store.list === undefined) throw new Error("this store can't list");
  return store.list.bind(store);
}

/** A memory store that notes each call: `create`, `read` … */
export function recordingStore(): { store: Store; calls: string[]; ids: Set<string> } {
  const inner = memoryStore();
  const calls: string[] = [];
  const ids = new Set<string>();
  const note = (call: string, id: string) => {
    calls.push(call);
    ids.add(id);
  };
  const store = withMethods(inner, {
    create(id, ...rest) {
      note("create", id);
      return inner.create(id, ...rest);
    },
    read(id, ...rest) {
      note("read", id);
      return inner.read(id, ...rest);
    },
    replace(id, ...rest) {
      note("replace", id);
      return inner.replace(id, ...rest);
    },
    delete(id) {
      note("delete", id);
      return inner.delete(id);
    },
  });
  return { store, calls, ids };
}

/** A promise that is settled from outside: holds a store call back until the test lets it go. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A memory store whose next `method` waits in front of (or behind) the real one, as a slow network would make it. */
export function heldStore(
  method: "create" | "read" | "replace" | "delete",
  when: "before" | "after" = "after",
): { store: Store; hold: () => { reached: Promise<void>; release: () => void } } {
  const inner = memoryStore();
  let next: { reached: () => void; released: Promise<void> } | undefined;
  const held = async <T>(call: () => Promise<T>): Promise<T> => {
    const mine = next;
    next = undefined;
    if (mine === undefined) return call();
    if (when === "after") {
      const result = await call();
      mine.reached();
      await mine.released;
      return result;
    }
    mine.reached();
    await mine.released;
    return call();
  };
  const store = withMethods(inner, {
    create: (...args) => (method === "create" ? held(() => inner.create(...args)) : inner.create(...args)),
    read: (...args) => (method === "read" ? held(() => inner.read(...args)) : inner.read(...args)),
    replace: (...args) => (method === "replace" ? held(() => inner.replace(...args)) : inner.replace(...args)),
    delete: (...args) => (method === "delete" ? held(() => inner.delete(...args)) : inner.delete(...args)),
  });
  return {
    store,
    hold() {
      const reached = gate();
      const released = gate();
      next = { reached: reached.open, released: released.opened };
      return { reached: reached.opened, release: released.open };
    },
  };
}

export const SECRET = "0123456789abcdef0123456789abcdef";
export const OLD_SECRET = "fedcba9876543210fedcba9876543210";
