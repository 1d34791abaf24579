import type { Store } from "../../../src/store.ts";
import { type Broken, broken } from "./broken.ts";

const MINUTE = 60_000;
const far = { expiresAt: new Date(Date.now() + 1e9), endsAt: new Date(Date.now() + 1e9) };
const shift = (date: Date, by: number) => new Date(date.getTime() + by);

/** Renews by `change` of the renewal that was asked for. */
const renewing =
  (change: (ifBefore: Date, expiresAt: Date) => [ifBefore: Date, expiresAt: Date]) =>
  (good: Store): Partial<Store> => ({
    read: (id, renewal) => {
      if (!renewal) return good.read(id);
      const [ifBefore, expiresAt] = change(renewal.ifBefore, renewal.expiresAt);
      return good.read(id, { ifBefore, expiresAt });
    },
  });

export const expiry: readonly Broken[] = [
  broken("no expiry", "what has expired is missing to every call", (good) => ({
    create: (id, payload, { subject }) => good.create(id, payload, subject === undefined ? far : { ...far, subject }),
  })),
  broken("an expiry that comes early", "a session lives until its end, and no longer", (good) => ({
    create: (id, payload, meta) => good.create(id, payload, { ...meta, expiresAt: shift(meta.expiresAt, -MINUTE) }),
  })),
  broken("an expiry that comes late", "a session lives until its end, and no longer", (good) => ({
    create: (id, payload, meta) => good.create(id, payload, { ...meta, expiresAt: shift(meta.expiresAt, MINUTE) }),
  })),
  broken("an id that is never free again", "an id that has expired can be created again", (good) => {
    const used = new Set<string>();
    return {
      create: async (id, ...rest) => {
        if (used.has(id)) return "exists";
        used.add(id);
        return good.create(id, ...rest);
      },
      delete: (id) => {
        used.delete(id);
        return good.delete(id);
      },
    };
  }),
  broken("a replace that leaves the end where it is", "replace brings the end nearer", (good) => ({
    replace: (id, payload, version) => good.replace(id, payload, version, far),
  })),
  broken("a replace that never puts the end off", "replace puts the end off", (good) => {
    const ends = new Map<string, Date>();
    return {
      create: (id, payload, meta) => {
        ends.set(id, meta.expiresAt);
        return good.create(id, payload, meta);
      },
      replace: (id, payload, version, meta) =>
        good.replace(id, payload, version, { ...meta, expiresAt: ends.get(id) ?? meta.expiresAt }),
    };
  }),
  broken("a span of a month and more taken for a date", "an end that is a year away is no end", (good) => {
    const misread = (end: Date) => (end.getTime() - Date.now() > 30 * 86_400_000 ? new Date(0) : end);
    return { create: (id, payload, meta) => good.create(id, payload, { ...meta, expiresAt: misread(meta.expiresAt) }) };
  }),
  broken("an end in seconds", "an end that is told is the true one", (good) => ({
    read: async (id, renewal) => {
      const found = await good.read(id, renewal);
      return found?.expiresAt && { ...found, expiresAt: new Date(found.expiresAt.getTime() / 1000) };
    },
  })),
  broken("no renewal", "a read that is due renews, and says so", (good) => ({ read: (id) => good.read(id) })),
  broken(
    "a renewal that is always due",
    "a read that isn't due leaves the end where it is",
    renewing((_ifBefore, expiresAt) => [new Date(8e15), expiresAt]),
  ),
  broken(
    "a renewal that is due an hour early",
    "a read is due where it would end before `ifBefore`, and only there",
    renewing((ifBefore, expiresAt) => [shift(ifBefore, 60 * MINUTE), expiresAt]),
  ),
  broken(
    "a renewal that reaches too far",
    "a renewal reaches no further than was asked",
    renewing((ifBefore, expiresAt) => [ifBefore, shift(expiresAt, MINUTE)]),
  ),
  broken(
    "a boundary that is one thing in deed, another in word",
    "at the very boundary, what is said is what was done",
    (good) => ({
      read: async (id, renewal) => {
        const before = await good.read(id);
        if (!before?.expiresAt || !renewal) return before;
        const found = await good.read(id, { ...renewal, ifBefore: shift(renewal.ifBefore, 1) });
        return found && { ...found, renewed: before.expiresAt < renewal.ifBefore };
      },
    }),
  ),
  broken("a plain read that says it renews", "a plain read renews nothing", (good) => ({
    read: async (id, renewal) => {
      const found = await good.read(id, renewal);
      return found && { ...found, renewed: true };
    },
  })),
  broken("a renewal without condition", "a renewal never brings the end nearer", (good) => ({
    read: async (id, renewal) => {
      const found = await good.read(id);
      if (!found || !renewal) return found;
      const { expiresAt } = renewal;
      await good.replace(id, found.payload, found.version, { expiresAt, endsAt: expiresAt });
      return { ...found, renewed: true };
    },
  })),
  broken("a version that a renewal changes", "a renewal doesn't change the version", (good) => {
    const renewals = new Map<string, number>();
    return {
      read: async (id, renewal) => {
        const found = await good.read(id, renewal);
        if (found?.renewed) renewals.set(id, (renewals.get(id) ?? 0) + 1);
        return found && { ...found, version: { payload: found.payload, renewals: renewals.get(id) } };
      },
      replace: async (id, payload, version, meta) => {
        if (version instanceof Uint8Array) return good.replace(id, payload, version, meta);
        const seen = version as { payload: Uint8Array; renewals: number | undefined };
        const stale = seen.renewals !== renewals.get(id);
        return good.replace(id, payload, stale ? undefined : seen.payload, meta);
      },
    };
  }),
  broken("a renewal that brings back what was deleted", "a renewal revives nothing that was deleted", (good) => {
    const last = new Map<string, Uint8Array>();
    return {
      create: (id, payload, meta) => {
        last.set(id, payload);
        return good.create(id, payload, meta);
      },
      read: async (id, renewal) => {
        const payload = last.get(id);
        if (renewal && payload) await good.create(id, payload, { ...renewal, endsAt: renewal.expiresAt });
        return good.read(id, renewal);
      },
    };
  }),
];
