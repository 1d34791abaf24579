import type { Store } from "../../../src/store.ts";
import { type Broken, broken } from "./broken.ts";

const lower = (id: string) => id.toLowerCase();

/** A store that keeps sessions under other names. */
function renaming(fault: string, notices: string, rename: (id: string) => string): Broken {
  return broken(fault, notices, (good) => ({
    create: (id, ...rest) => good.create(rename(id), ...rest),
    read: (id, renewal) => good.read(rename(id), renewal),
    replace: (id, ...rest) => good.replace(rename(id), ...rest),
    delete: (id) => good.delete(rename(id)),
  }));
}

/** A store that writes other payloads than it is given. */
function rewriting(fault: string, notices: string, rewrite: (payload: Uint8Array) => Uint8Array): Broken {
  return broken(fault, notices, (good) => ({
    create: (id, payload, meta) => good.create(id, rewrite(payload), meta),
    replace: (id, payload, version, meta) => good.replace(id, rewrite(payload), version, meta),
  }));
}

const asText = (payload: Uint8Array) => Buffer.from(new TextDecoder().decode(payload));
const MOST = "as many bytes as it takes";

export const bytes: readonly Broken[] = [
  rewriting("payloads as text", "keeps and compares bytes that are no UTF-8", asText),
  rewriting("payloads as ASCII", "keeps and compares every byte value", (payload) => payload.map((byte) => byte & 127)),
  rewriting("payloads to the first zero byte", "keeps and compares one zero byte", (payload) => {
    const end = payload.indexOf(0);
    return end < 0 ? payload : payload.subarray(0, end);
  }),
  rewriting("payloads that are never empty", "keeps and compares no bytes at all", (payload) =>
    payload.length === 0 ? Uint8Array.of(0) : payload,
  ),
  rewriting("payloads cut short", `keeps and compares ${MOST}`, (payload) => payload.subarray(0, 999)),
  rewriting("payloads cut short", "keeps and compares 100 kB", (payload) => payload.subarray(0, 999)),
  rewriting(
    "the whole buffer behind a view",
    "keeps and compares a view into a larger buffer",
    (payload) => new Uint8Array(payload.buffer),
  ),
  broken("a comparison of lengths", "payloads that differ in one bit, or in length alone, are a conflict", (good) => ({
    replace: async (id, payload, version, meta) => {
      const found = await good.read(id);
      const same = found && found.payload.length === (version as Uint8Array).length;
      return good.replace(id, payload, same ? found.version : version, meta);
    },
  })),
  renaming("ids without case", "ids that look alike are different sessions", lower),
  renaming("trimmed ids", "ids that look alike are different sessions", (id) => id.trim() || id),
  renaming("ids to the first control character", "every ASCII character can stand in an id", (id) =>
    id.replace(/[^ -~].*/s, ""),
  ),
  renaming("ids cut short", "an id of 255 characters differs from one that ends otherwise", (id) => id.slice(0, 250)),
  broken("a payload read by reference", "changing what was read changes nothing", (good) => {
    const kept = new Map<string, Uint8Array>();
    return {
      read: async (id) => {
        const found = await good.read(id);
        if (!found) return undefined;
        const payload = kept.get(id) ?? found.payload;
        kept.set(id, payload);
        return { ...found, payload };
      },
    };
  }),
  byReference("Uint8Array"),
  byReference("Buffer"),
];

function byReference(kind: "Uint8Array" | "Buffer"): Broken {
  return broken("a payload written by reference", `changing a ${kind} after it was written changes nothing`, (good) => {
    const kept = new Map<string, Uint8Array>();
    const keep =
      <Rest extends unknown[], T>(write: (id: string, payload: Uint8Array, ...rest: Rest) => Promise<T>) =>
      (id: string, payload: Uint8Array, ...rest: Rest) => {
        kept.set(id, payload);
        return write(id, payload, ...rest);
      };
    const changed: Partial<Store> = {
      create: keep(good.create),
      replace: keep(good.replace),
      read: async (id, renewal) => {
        const found = await good.read(id, renewal);
        return found && { ...found, payload: kept.get(id) ?? found.payload };
      },
    };
    return changed;
  });
}
