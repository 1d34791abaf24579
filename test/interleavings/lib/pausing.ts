import type { Store } from "../../../src/index.ts";
import type { Points } from "./points.ts";

/** `store`, where each call, and each step of a listing, is a point at which it can be held. */
export function pausing(store: Store, points: Points): Store {
  const { list } = store;
  return {
    create: (...args) => points.at(() => store.create(...args)),
    read: (...args) => points.at(() => store.read(...args)),
    replace: (...args) => points.at(() => store.replace(...args)),
    delete: (id) => points.at(() => store.delete(id)),
    ...(list && {
      async *list(filter) {
        const listing = list.call(store, filter)[Symbol.asyncIterator]();
        for (;;) {
          const step = await points.at(() => listing.next());
          if (step.done) return;
          yield step.value;
        }
      },
    }),
  };
}

/** `client`, where each command is such a point: what a store sends in several commands comes apart. */
export function pausingClient<Client extends object>(client: Client, isCommand: RegExp, points: Points): Client {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!isCommand.test(String(name))) return value.bind(target);
      return (...args: unknown[]) => points.at(async () => Reflect.apply(value, target, args));
    },
  });
}
