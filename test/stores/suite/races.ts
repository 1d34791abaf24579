import { setImmediate as nextTurn } from "node:timers/promises";
import type { Store } from "../../../src/store.ts";
import { type Broken, broken } from "./broken.ts";

/** Looks, and writes a little later. */
const lookThenCreate =
  (good: Store): Store["create"] =>
  async (id, payload, meta) => {
    if (await good.read(id)) return "exists";
    await nextTurn();
    await good.delete(id);
    return good.create(id, payload, meta);
  };

export const races: readonly Broken[] = [
  broken("look, then create later", "of two creates of one id exactly one is done", (good) => ({
    create: lookThenCreate(good),
  })),
  broken(
    "look, then create later, after a delete",
    "of 32 creates of an id that was deleted exactly one is done",
    (good) => ({
      create: lookThenCreate(good),
    }),
  ),
  broken("compare, then swap later", "of 32 replaces of one version exactly one is done", (good) => ({
    replace: async (id, payload, version, meta) => {
      const found = await good.read(id);
      if (!found) return "gone";
      if (Buffer.compare(found.payload, version as Uint8Array) !== 0) return "conflict";
      await nextTurn();
      return good.replace(id, payload, (await good.read(id))?.version, meta);
    },
  })),
  broken("a delete that looks before", "of 32 deletes exactly one saw it", (good) => ({
    delete: async (id) => {
      const found = await good.read(id);
      await nextTurn();
      await good.delete(id);
      return found !== undefined;
    },
  })),
  broken("a write in two halves", "a read among replaces sees one payload or the other, never a mixture", (good) => ({
    replace: async (id, payload, version, meta) => {
      const found = await good.read(id);
      if (!found || Buffer.compare(found.payload, version as Uint8Array) !== 0)
        return good.replace(id, payload, version, meta);
      const half = Buffer.concat([
        payload.subarray(0, payload.length / 2),
        found.payload.subarray(payload.length / 2, payload.length),
      ]);
      const outcome = await good.replace(id, half, version, meta);
      if (outcome !== "ok") return outcome;
      await nextTurn();
      return good.replace(id, payload, half, meta);
    },
  })),
  broken("a replace that creates what is gone", "a delete among replaces ends it for good", (good) => ({
    replace: async (id, payload, version, meta) => {
      const found = await good.read(id);
      await nextTurn();
      if (!found) return "gone";
      const outcome = await good.replace(id, payload, version, meta);
      if (outcome === "gone") await good.create(id, payload, meta);
      return outcome;
    },
  })),
  broken("a renewal that writes what was read", "a delete among renewing reads ends it for good", (good) => ({
    read: async (id, renewal) => {
      const found = await good.read(id);
      if (!found || !renewal) return found;
      await nextTurn();
      await good.create(id, found.payload, { ...renewal, endsAt: renewal.expiresAt });
      return good.read(id, renewal);
    },
  })),
];
