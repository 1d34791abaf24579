import type { Store } from "../../store.ts";

/** The store, with a `close` that closes `what` too. Methods that it lacks stay lacking. */
export function owning(store: Store, closeWhat: () => Promise<unknown>): Store {
  let closed: Promise<void> | undefined;
  const close = async () => {
    try {
      await store.close?.();
    } finally {
      await closeWhat();
    }
  };
  const use = <T>(call: () => Promise<T>) => (closed ? Promise.reject(new Error("The store is closed.")) : call());
  const { list, estimate, prune, setup } = store;
  return {
    create: (...args) => use(() => store.create(...args)),
    read: (...args) => use(() => store.read(...args)),
    replace: (...args) => use(() => store.replace(...args)),
    delete: (...args) => use(() => store.delete(...args)),
    ...(list && {
      async *list(...args) {
        await use(async () => {});
        yield* list.apply(store, args);
      },
    }),
    ...(estimate && { estimate: () => use(() => estimate.call(store)) }),
    ...(prune && { prune: (...args) => use(() => prune.apply(store, args)) }),
    ...(setup && { setup: () => use(() => setup.apply(store)) }),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
