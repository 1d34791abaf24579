import type { Store } from "../../store.ts";

/**
 * `store` on a layout of Flask-Session's, which holds no subjects: none is written, no entry and no field, and who asks for
 * the sessions of one gets all of them, to look into each.
 */
export function unindexed(store: Store): Store {
  const { list, listedId, prune, setup, close } = store;
  return {
    create: (id, payload, { expiresAt, endsAt }) => store.create(id, payload, { expiresAt, endsAt }),
    read: (id, renewal) => store.read(id, renewal),
    replace: (id, payload, version, meta) => store.replace(id, payload, version, meta),
    delete: (id) => store.delete(id),
    ...(list && {
      list({ subject, limit, ...filter }) {
        // How many of all hold so many of one subject, nobody knows before.
        const isBounded = subject === undefined && limit !== undefined;
        return list.call(store, { ...filter, ...(isBounded && { limit }) });
      },
    }),
    ...(listedId && { listedId: (id) => listedId.call(store, id) }),
    ...(prune && { prune: (now) => prune.call(store, now) }),
    ...(setup && { setup: () => setup.call(store) }),
    ...(close && { close: () => close.call(store) }),
  };
}
