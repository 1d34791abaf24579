import type { ListedSession, ListFilter, Store } from "../../../src/store.ts";
import { type Broken, broken, listAll, listed } from "./broken.ts";

const lower = (id: string) => id.toLowerCase();

const ANY_ORDER = "in any order, lists all that live all along, as a whole and in pages";

/** A store that lists otherwise. */
function listing(
  fault: string,
  notices: string,
  list: (good: Store, filter: ListFilter) => AsyncIterable<ListedSession>,
): Broken {
  return broken(fault, notices, (good) => ({
    async *list(filter) {
      // It is closed where the good one is.
      await good.read("");
      yield* list(good, filter);
    },
  }));
}

/** A pool of ten connections. */
function pool(): { take: () => Promise<void>; give: () => void } {
  let free = 10;
  const waiting: (() => void)[] = [];
  return {
    take: async () => {
      if (free-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    give: () => {
      free++;
      waiting.shift()?.();
    },
  };
}

export const listings: readonly Broken[] = [
  listing("a list of what isn't there", "lists nothing where nothing is", async function* (good, filter) {
    yield { id: "ghost", payload: new Uint8Array(), cursor: "ghost" };
    yield* listed(good, filter);
  }),
  listing("a list of users alone", "lists all, with and without a subject", async function* (good, filter) {
    for await (const session of listed(good, filter)) if (session.subject !== undefined) yield session;
  }),
  listing("a list twice over", "lists all, with and without a subject", async function* (good, filter) {
    for await (const session of listed(good, filter)) yield* [session, session];
  }),
  listing("a list of everybody's", "lists a subject's own sessions, as they are now", (good, { subject, ...filter }) =>
    listed(good, filter),
  ),
  listing("anybody's, in any order", "lists a subject's own sessions, as they are now", (good, filter) => {
    const { subject, ...any } = filter;
    return listed(good, filter.order === "any" ? any : filter);
  }),
  listing("a page in any order that misses some", ANY_ORDER, async function* (good, filter) {
    const sessions = await listAll(good, filter);
    yield* filter.order === "any" && filter.after !== undefined ? sessions.slice(1) : sessions;
  }),
  listing("a cursor that only an ordered listing takes", ANY_ORDER, (good, { after, ...filter }) =>
    listed(good, after === undefined || filter.order === "any" ? filter : { ...filter, after }),
  ),
  listing("a whole in any order that misses half", ANY_ORDER, async function* (good, filter) {
    // Ids are random: the first alone might be one that came and went.
    const sessions = await listAll(good, filter);
    yield* filter.order === "any" && filter.limit === undefined ? sessions.slice(sessions.length / 2) : sessions;
  }),
  broken("an entry that a renewal drops", "keeps listing what was renewed", (good) => {
    const renewed = new Set<string>();
    return {
      read: async (id, renewal) => {
        const found = await good.read(id, renewal);
        if (found?.renewed) renewed.add(id);
        return found;
      },
      async *list(filter) {
        for await (const session of listed(good, filter)) if (!renewed.has(session.id)) yield session;
      },
    };
  }),
  broken("a replace that lists under another subject", "replace never changes who is listed", (good) => ({
    replace: async (id, payload, version, meta) => {
      const outcome = await good.replace(id, payload, version, meta);
      if (outcome === "ok" && meta.subject !== undefined) {
        await good.delete(id);
        await good.create(id, payload, meta);
      }
      return outcome;
    },
  })),
  broken("subjects without case", "subjects that look alike are different users", (good) => ({
    create: (id, payload, meta) => good.create(id, payload, { ...meta, subject: lower(meta.subject ?? "") }),
    list: (filter) =>
      listed(good, filter.subject === undefined ? filter : { ...filter, subject: lower(filter.subject) }),
  })),
  broken("lists among the records", "a subject's list doesn't get in the way of ids that look like it", (good) => ({
    create: async (id, payload, meta) => {
      if (meta.subject !== undefined) await good.create(`subject:${meta.subject}`, payload, { ...meta, subject: "" });
      return good.create(id, payload, meta);
    },
  })),
  broken("a listing by reference", "what is listed is a copy", (good) => {
    const kept = new Map<string, Uint8Array>();
    return {
      async *list(filter) {
        for await (const session of listed(good, filter)) {
          kept.set(session.id, session.payload);
          yield session;
        }
      },
      read: async (id, renewal) => {
        const found = await good.read(id, renewal);
        return found && { ...found, payload: kept.get(id) ?? found.payload };
      },
    };
  }),
  broken("a list of what has ended", "what has expired isn't listed", (good) => {
    const created = new Map<string, ListedSession>();
    return {
      create: async (id, payload, meta) => {
        created.set(id, { id, payload, cursor: id });
        return good.create(id, payload, meta);
      },
      delete: (id) => {
        created.delete(id);
        return good.delete(id);
      },
      async *list() {
        yield* created.values();
      },
    };
  }),
  listing(
    "a cursor that leads back",
    "pages through all: no gap, nothing twice, the same order each time",
    (good, { after, ...filter }) => listed(good, filter),
  ),
  listing(
    "an order of chance",
    "pages through one subject: no gap, nothing twice, the same order each time",
    async function* (good, filter) {
      const sessions = await listAll(good, filter);
      if (filter.limit === undefined) yield* sessions.reverse();
      else yield* sessions;
    },
  ),
  broken("a cursor that counts", "pages through all while others write", counting),
  broken("a cursor that counts", "pages through one subject while others write", counting),
  listing(
    "a listing that trips over new ones",
    "lists all that live all along, each once, while others come and go",
    repeating,
  ),
  listing(
    "a listing that trips over new ones",
    "lists one subject that live all along, each once, while others come and go",
    repeating,
  ),
  listing(
    "a listing that trips over deletes",
    "a listing of all that is under way stands a delete of everything",
    tripping,
  ),
  listing(
    "a listing that trips over deletes",
    "a listing of one subject that is under way stands a delete of everything",
    tripping,
  ),
  listing(
    "a limit that is ignored",
    "stops at the limit, and after the last of one subject",
    (good, { limit, ...filter }) => listed(good, filter),
  ),
  listing(
    "a limit that is one too low",
    "stops at the limit, and after the last of all",
    (good, { limit, ...filter }) => listed(good, limit === undefined ? filter : { ...filter, limit: limit - 1 }),
  ),
  listing(
    "subjects by their start",
    "an unknown subject, and one that is another's start",
    async function* (good, filter) {
      const { subject = "", ...rest } = filter;
      for await (const session of listed(good, rest))
        if (session.subject?.startsWith(subject) ?? !filter.subject) yield session;
    },
  ),
  listing(
    "a listing that fetches everything first",
    "lists many, each once, and fetches them as it goes",
    async function* (good, filter) {
      yield* await listAll(good, filter);
    },
  ),
  broken(
    "a connection that an early end keeps",
    "a listing that is left early, or never begun, holds nothing back",
    (good) => {
      const { take, give } = pool();
      return {
        async *list(filter) {
          await take();
          yield* listed(good, filter);
          give();
        },
      };
    },
  ),
  broken(
    "a connection that an unused listing keeps",
    "a listing that is left early, or never begun, holds nothing back",
    (good) => {
      const { take, give } = pool();
      return {
        list(filter) {
          const taken = take();
          return (async function* () {
            try {
              await taken;
              yield* listed(good, filter);
            } finally {
              give();
            }
          })();
        },
      };
    },
  ),
];

/** Pages by number, the newest first: each that comes shifts all that follow. */
function counting(good: Store): Partial<Store> {
  const births: string[] = [];
  return {
    create: (id, ...rest) => {
      births.unshift(id);
      return good.create(id, ...rest);
    },
    async *list({ after = "0", limit = 1e9, ...filter }) {
      const sessions = (await listAll(good, filter)).sort(
        (one, other) => births.indexOf(one.id) - births.indexOf(other.id),
      );
      const from = Number(after);
      for (const [index, session] of sessions.slice(from, from + limit).entries()) {
        yield { ...session, cursor: String(from + index + 1) };
      }
    },
  };
}

/** Begins again where something came or went. */
async function* repeating(good: Store, filter: ListFilter): AsyncGenerator<ListedSession> {
  const count = async () => (await listAll(good, {})).length;
  const before = await count();
  let begunAgain = false;
  for await (const session of listed(good, filter)) {
    yield session;
    if (!begunAgain && (await count()) !== before) {
      begunAgain = true;
      yield* listed(good, filter);
    }
  }
}

async function* tripping(good: Store, filter: ListFilter): AsyncGenerator<ListedSession> {
  const sessions = await listAll(good, filter);
  for (const session of sessions) {
    if (!(await good.read(session.id))) throw new Error(`no session ${session.id}`);
    yield session;
  }
}
