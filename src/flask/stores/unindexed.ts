import type { Store } from "../../store.ts";
import { forwarding } from "../../stores/lib/forwarding.ts";

/**
 * `store` on a layout of Flask-Session's, which holds no subjects: none is written, no entry and no field, and who asks for
 * the sessions of one gets all of them, to look into each.
 */
export function unindexed(store: Store): Store {
  const { list } = store;
  return {
    ...forwarding(store),
    create: (id, payload, { expiresAt, endsAt }) => store.create(id, payload, { expiresAt, endsAt }),
    ...(list && {
      list({ subject, limit, ...filter }) {
        // How many of all hold so many of one subject, nobody knows before.
        const isBounded = subject === undefined && limit !== undefined;
        return list.call(store, { ...filter, ...(isBounded && { limit }) });
      },
    }),
  };
}
