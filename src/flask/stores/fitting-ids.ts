import type { Store } from "../../store.ts";

/** `store` on a layout that can't hold every id: one that doesn't fit is missing, and can't be created. */
export function fittingIds(store: Store, fits: (id: string) => boolean): Store {
  return {
    ...store,
    async create(id, payload, meta) {
      if (fits(id)) return store.create(id, payload, meta);
      throw new Error(`A session id of ${id.length} characters, or one of them, doesn't fit the shared layout.`);
    },
    read: async (id, renewal) => (fits(id) ? store.read(id, renewal) : undefined),
    replace: async (id, payload, version, meta) => (fits(id) ? store.replace(id, payload, version, meta) : "gone"),
    delete: async (id) => fits(id) && store.delete(id),
  };
}
