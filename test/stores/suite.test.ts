/** The conformance suite finds what it is there to find: each of these stores breaks one sentence of the contract. */
import { describe, expect, it } from "vitest";
import { fittingIds } from "../../src/flask/stores/fitting-ids.ts";
import { unindexed } from "../../src/flask/stores/unindexed.ts";
import type { Store } from "../../src/store.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { allTests, type Broken, bound, failures, foreign } from "./suite/broken.ts";
import { bytes } from "./suite/bytes.ts";
import { clients } from "./suite/clients.ts";
import { expiry } from "./suite/expiry.ts";
import { layouts } from "./suite/layouts.ts";
import { life } from "./suite/life.ts";
import { listings } from "./suite/listing.ts";
import { neighbours } from "./suite/neighbours.ts";
import { pruning } from "./suite/pruning.ts";
import { races } from "./suite/races.ts";

const stores = [...life, ...bytes, ...races, ...expiry, ...listings, ...pruning, ...neighbours, ...clients, ...layouts];
const outcomes = new Map<Broken, Promise<string[]>>();
const failuresOf = (store: Broken): Promise<string[]> => {
  const known = outcomes.get(store) ?? failures(store.suite);
  outcomes.set(store, known);
  return known;
};

describe.concurrent("a broken store", () => {
  it.each(stores)("$fault", async (store) => {
    expect(await failuresOf(store)).toContain(store.notices);
  });

  it("each test of the suite is failed by one of them", async () => {
    const failed = new Set<string>();
    for (const store of stores) for (const name of await failuresOf(store)) failed.add(name);
    expect(allTests.filter((name) => !failed.has(name))).toEqual([]);
  });

  it("methods that are missing unnamed, or there though named missing", async () => {
    const bare = () => Object.assign(bound(memoryStore()), { list: undefined, prune: undefined }) as unknown as Store;
    const without = ["list", "prune"] as const;
    expect(await failures({ create: bare })).toEqual(
      expect.arrayContaining(["lists nothing where nothing is", "prune goes by the time that it is given"]),
    );
    expect(await failures({ create: bare, without, resolution: 100 })).toEqual([]);
    expect(await failures({ create: () => memoryStore(), without, resolution: 100 })).toEqual([
      "has no list, as told",
      "has no prune, as told",
    ]);
  });

  it("and nothing in a good one", async () => {
    // All tests of the suite run at once here, so that it takes longer to do something before a session ends.
    const resolution = 100;
    expect(await failures({ resolution })).toEqual([]);
    expect(await failures({ resolution, create: () => memoryStore() })).toEqual([]);
    const create = () => fittingIds(unindexed(memoryStore()), foreign.holdsId);
    expect(await failures({ resolution, ...foreign, create })).toEqual([]);
  });
});
