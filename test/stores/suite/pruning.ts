import { setImmediate as nextTurn } from "node:timers/promises";
import { type Broken, broken, listAll, listed } from "./broken.ts";

const EVER = new Date(8e15);

export const pruning: readonly Broken[] = [
  broken("a prune that counts nothing", "prune removes the expired, and tells how many", (good) => ({
    prune: (now) => good.prune(now).then(() => 0),
  })),
  broken("a prune that takes all", "prune goes by the time that it is given", (good) => ({
    prune: () => good.prune(EVER),
  })),
  broken("a prune by the end at birth", "prune leaves what was renewed, and what was replaced", (good) => {
    const ends = new Map<string, Date>();
    return {
      create: (id, payload, meta) => {
        ends.set(id, meta.expiresAt);
        return good.create(id, payload, meta);
      },
      prune: async (now) => {
        let pruned = 0;
        for (const [id, end] of ends) if (end <= now && (await good.delete(id))) pruned++;
        return pruned;
      },
    };
  }),
  broken("a prune of one step", "prune comes to an end with many", (good) => ({
    prune: async (now) => {
      let left = 500;
      for await (const { id, expiresAt } of listed(good, {})) {
        if (left > 0 && expiresAt && expiresAt <= now && (await good.delete(id))) left--;
      }
      return 500 - left;
    },
  })),
  broken("a prune that counts before it removes", "several prunes at once remove each session once", (good) => ({
    prune: async (now) => {
      const all = await listAll(good, {});
      const due = all.filter(({ expiresAt }) => expiresAt && expiresAt <= now).length;
      await nextTurn();
      await good.prune(now);
      return due;
    },
  })),
];
