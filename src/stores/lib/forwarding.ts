import type { Store } from "../../store.ts";

/** A plain object that does what `store` does, for whoever changes some of it. Methods that it lacks stay lacking. */
export function forwarding(store: Store): Store {
  const { list, listedId, estimate, prune, setup, close } = store;
  return {
    create: (...args) => store.create(...args),
    read: (...args) => store.read(...args),
    replace: (...args) => store.replace(...args),
    delete: (...args) => store.delete(...args),
    ...(list && { list: (filter) => list.call(store, filter) }),
    ...(listedId && { listedId: (id) => listedId.call(store, id) }),
    ...(estimate && { estimate: () => estimate.call(store) }),
    ...(prune && { prune: (now) => prune.call(store, now) }),
    ...(setup && { setup: () => setup.call(store) }),
    ...(close && { close: () => close.call(store) }),
  };
}
