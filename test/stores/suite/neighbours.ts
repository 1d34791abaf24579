import type { Store } from "../../../src/store.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { type Broken, bound, listed } from "./broken.ts";

type Bound = Required<Store>;

/** Two stores that aren't apart in one thing. */
function pair(fault: string, notices: string, change: (ours: Bound, theirs: Bound) => Partial<Store>): Broken {
  return {
    fault,
    notices,
    suite: {
      createPair() {
        const [ours, theirs] = [bound(memoryStore()), bound(memoryStore())];
        return [{ ...ours, ...change(ours, theirs) }, theirs];
      },
    },
  };
}

export const neighbours: readonly Broken[] = [
  pair("one table for both", "the same id is another session in the other", (_ours, theirs) => theirs),
  pair("a delete in both", "what is done in one leaves the other alone", (ours, theirs) => ({
    delete: async (id) => (await theirs.delete(id)) && ours.delete(id),
  })),
  pair("a list of both", "each lists its own", (ours, theirs) => ({
    async *list(filter) {
      yield* listed(ours, filter);
      yield* listed(theirs, filter);
    },
  })),
  pair("a prune of both", "each prunes its own", (ours, theirs) => ({
    prune: async (now) => {
      await theirs.prune(now);
      return ours.prune(now);
    },
  })),
  pair("a close of both", "what closes one leaves the other open", (ours, theirs) => ({
    close: async () => {
      await ours.close();
      await theirs.close();
    },
  })),
];
