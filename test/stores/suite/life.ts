import { setImmediate as nextTurn } from "node:timers/promises";
import { type Broken, broken } from "./broken.ts";

export const life: readonly Broken[] = [
  broken("an upsert", "replace of what was deleted is gone, and revives nothing", (good) => ({
    replace: async (id, payload, version, meta) => {
      const outcome = await good.replace(id, payload, version, meta);
      return outcome === "gone" ? good.create(id, payload, meta).then(() => "ok" as const) : outcome;
    },
  })),
  broken("a create that takes an id over", "create reports an id that exists, and leaves it alone", (good) => ({
    create: async (id, payload, meta) => {
      await good.delete(id);
      return good.create(id, payload, meta);
    },
  })),
  broken("a create that stores nothing", "what was created can be read", () => ({ create: async () => "ok" })),
  broken("a missing session that is null", "an id that was never created is missing", (good) => ({
    read: async (id, renewal) => (await good.read(id, renewal)) ?? (null as unknown as undefined),
  })),
  broken("no compare", "replace over a version that is no longer stored is a conflict, and writes nothing", (good) => ({
    replace: async (id, payload, _version, meta) => good.replace(id, payload, (await good.read(id))?.version, meta),
  })),
  broken(
    "no answer where the bytes are the same",
    "replace with the bytes that are stored already is done, not gone",
    (good) => ({
      replace: async (id, payload, version, meta) =>
        Buffer.compare(payload, version as Uint8Array) === 0 ? "gone" : good.replace(id, payload, version, meta),
    }),
  ),
  broken("a version that only read gives", "replace writes over the very payload written before, unread", (good) => ({
    read: async (id, renewal) => {
      const found = await good.read(id, renewal);
      return found && { ...found, version: [found.payload] };
    },
    replace: async (id, payload, version, meta) =>
      good.replace(id, payload, Array.isArray(version) ? version[0] : undefined, meta),
  })),
  broken(
    "an error for a version that isn't its own",
    "replace over a version that isn't the store's is a conflict",
    (good) => ({
      replace: async (id, payload, version, meta) =>
        good.replace(id, payload, Buffer.from(version as Uint8Array), meta),
    }),
  ),
  broken(
    "a version that counts from one in each life",
    "replace over a version of an earlier life is a conflict",
    (good) => {
      const counts = new Map<string, number>();
      return {
        create: async (id, ...rest) => {
          const outcome = await good.create(id, ...rest);
          if (outcome === "ok") counts.set(id, 1);
          return outcome;
        },
        read: async (id, renewal) => {
          const found = await good.read(id, renewal);
          return found && { ...found, version: counts.get(id) };
        },
        replace: async (id, payload, version, meta) => {
          const found = await good.read(id);
          if (!found) return "gone";
          if (version !== counts.get(id)) return "conflict";
          counts.set(id, (counts.get(id) ?? 0) + 1);
          return good.replace(id, payload, found.version, meta);
        },
      };
    },
  ),
  broken("a delete that knows nothing", "delete tells whether it was there", (good) => ({
    delete: (id) => good.delete(id).then(() => true),
  })),
  broken("a tombstone of its own", "an id that was deleted can be created again", (good) => {
    const dead = new Set<string>();
    return {
      create: async (id, ...rest) => (dead.has(id) ? "exists" : good.create(id, ...rest)),
      delete: async (id) => {
        dead.add(id);
        return good.delete(id);
      },
    };
  }),
  broken("a setup that starts anew", "setup can be run again, on what is in use", (good) => ({
    setup: async () => void (await good.prune(new Date(8e15))),
  })),
  broken("a setup that another one disturbs", "setup can be run several times at once", () => {
    let running = false;
    return {
      setup: async () => {
        if (running) throw new Error("the table exists");
        running = true;
        await nextTurn();
        running = false;
      },
    };
  }),
  broken("a close that closes nothing", "close can be called twice, and then every call rejects", () => ({
    close: async () => {},
  })),
  broken("a close that leaves the list open", "close can be called twice, and then every call rejects", () => ({
    async *list() {},
  })),
  broken("a close that drops what is under way", "close leaves no call under way without an answer", (good) => {
    let closed = false;
    return {
      read: async (id, renewal) => {
        if (closed) throw new Error("closed");
        await nextTurn();
        return closed ? new Promise(() => {}) : good.read(id, renewal);
      },
      close: async () => {
        closed = true;
        await good.close();
      },
    };
  }),
];
