import { afterAll, beforeAll, describe } from "vitest";
import { type PlaceName, places } from "../../../scripts/services/places.ts";
import type { Store } from "../../../src/index.ts";
import { connectStore } from "../../../src/stores/index.ts";
import { memoryStore } from "../../../src/stores/memory.ts";

/** A kind of store. */
export interface Kind {
  name: "memory" | PlaceName;
  available: boolean;
  lists: boolean;
  start(): Promise<Running>;
}

/** A place to keep sessions in. */
interface Running {
  /** Connects one more process with it. */
  open(): Promise<Store>;
  stop(): Promise<void>;
}

const memory: Kind = {
  name: "memory",
  available: true,
  lists: true,
  async start() {
    const store = memoryStore();
    return { open: async () => store, stop: async () => {} };
  },
};

/** Through Sentinels, a store sends to one server what it sends to a Cluster's. */
const { "redis-sentinel": _, ...others } = places;

const kinds: readonly Kind[] = [
  memory,
  ...Object.entries(others).map(
    ([name, { available, start }]): Kind => ({
      name: name as PlaceName,
      available,
      lists: name !== "memcached",
      async start() {
        const place = await start();
        return { open: () => connectStore(place.url), stop: () => place.stop() };
      },
    }),
  ),
];

/** Registers tests for each kind of store, with the stores of two processes. */
export function forEachKind(body: (kind: Kind, stores: () => readonly [Store, Store]) => void): void {
  for (const kind of kinds) {
    describe.skipIf(!kind.available)(kind.name, () => {
      let running: Running | undefined;
      let stores: readonly [Store, Store] | undefined;
      beforeAll(async () => {
        running = await kind.start();
        stores = [await running.open(), await running.open()];
        await stores[0].setup?.();
      }, 120_000);
      afterAll(async () => {
        for (const store of stores ?? []) await store.close?.();
        await running?.stop();
      });
      body(kind, () => {
        if (!stores) throw new Error("not started");
        return stores;
      });
    });
  }
}
