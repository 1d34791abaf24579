import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSessionManager, type Session, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { withMethods } from "./lib/stores.ts";
import { type Data, dataOf, setCookies, Visitor } from "./lib/visitor.ts";

/*
 * Random requests of one visitor, interleaved at will, over two processes with one store. The model is small: who a token
 * was issued to, which tokens an acknowledged logout has ended, and which keys were stored under a token and by nobody
 * touched since. Every value names its owner, so that a stranger's data are recognised wherever they turn up.
 */
const SUBJECTS = ["alice", "bob"] as const;
const KEYS = ["a", "b", "c"] as const;
/** `pause`: how many answers of the store come in before it happens. */
type Act = { pause: number } & (
  | { do: "open"; process: number }
  | { do: "write" | "delete"; at: number; key: (typeof KEYS)[number] }
  | { do: "login"; at: number; subject: (typeof SUBJECTS)[number] }
  | { do: "logout" | "regenerate" | "flash" | "save" | "update" | "commit"; at: number }
);

const at = fc.nat(2);
const pause = fc.nat(3);
const key = fc.constantFrom(...KEYS);
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("open" as const), process: fc.nat(1), pause }),
    fc.record({ do: fc.constantFrom("write" as const, "delete" as const), at, key, pause }),
    fc.record({ do: fc.constant("login" as const), at, subject: fc.constantFrom(...SUBJECTS), pause }),
    fc.record({ do: fc.constantFrom("logout" as const, "regenerate" as const, "flash" as const), at, pause }),
    fc.record({ do: fc.constantFrom("save" as const, "update" as const, "commit" as const), at, pause }),
  ),
  { minLength: 5, maxLength: 40 },
);

interface Request {
  session: Session;
  browser: Visitor;
  cameWith: string | undefined;
  /** Saves, updates and the commit, in their order; those of different requests overlap. */
  tail: Promise<void>;
  /** What the application has said last: nobody is logged in any more. */
  loggedOut: boolean;
  wasLoggedOut: boolean;
  wasLoggedIn: boolean;
  /** By a save or an update, before the commit. */
  wasStored: boolean;
  closed: boolean;
}

/** A store that answers after a while, in an order that the scheduler chooses. */
function scheduled(store: Store, scheduler: fc.Scheduler): Store {
  const late =
    <A extends unknown[], T>(name: string, call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      await scheduler.schedule(Promise.resolve(), name);
      const result = await call(...args);
      await scheduler.schedule(Promise.resolve(), `${name} answered`);
      return result;
    };
  return withMethods(store, {
    create: late("create", (...args) => store.create(...args)),
    read: late("read", (...args) => store.read(...args)),
    replace: late("replace", (...args) => store.replace(...args)),
    delete: late("delete", (...args) => store.delete(...args)),
  });
}

/** Whose the data and messages are that `subject` should not see: each value carries its writer's name. */
function strangersIn(data: Data, messages: unknown[], subject: string | undefined): unknown[] {
  return [...KEYS.map((name) => data[name]), ...messages].filter(
    (owner) => owner !== undefined && owner !== "nobody" && owner !== subject,
  );
}

function assertOwnDataOnly(session: Session): void {
  const messages = session.flashes().map(({ message }) => message);
  expect(strangersIn(dataOf(session), messages, session.subject)).toEqual([]);
}

async function play(list: Act[], scheduler: fc.Scheduler): Promise<void> {
  const inner = memoryStore();
  const store = scheduled(inner, scheduler);
  const plain = createSessionManager({ store: inner });
  const processes = [0, 1].map(() => createSessionManager({ store, storeTimeout: "30s" }));
  const home = new Visitor(plain);
  await home.visit((session, data) => {
    session.login("alice");
    data.a = "alice";
  });
  const requests: Request[] = [];
  const ended = new Set<string>();

  const commit = async (mine: Request): Promise<void> => {
    // What a request writes after a logout of its own, or a login, is a new session; what it saved before was in time.
    const isNew = mine.wasLoggedIn || mine.wasLoggedOut || mine.wasStored;
    const late = mine.cameWith !== undefined && ended.has(mine.cameWith) && !isNew;
    const headers = await mine.browser.manager.commit(mine.session);
    home.receive(headers);
    if (mine.wasLoggedOut && mine.cameWith !== undefined) ended.add(mine.cameWith);
    const [line] = setCookies(headers);
    if (late) expect(line).toBeUndefined();
    if (mine.loggedOut && line !== undefined) {
      expect((await plain.open(line.split(";")[0] ?? "")).subject).toBeUndefined();
    }
  };
  /** After what this request is still waiting for. */
  const enqueue = (mine: Request, step: () => Promise<void>): void => {
    mine.tail = mine.tail.then(step).catch((error: unknown) => {
      expect(error).toMatchObject({ code: "ERR_SESSION_ENDED" });
    });
  };
  const close = (mine: Request): void => {
    if (mine.closed) return;
    mine.closed = true;
    enqueue(mine, () => commit(mine));
  };

  const perform = (act: Exclude<Act, { do: "open" }>, mine: Request): void => {
    const { session } = mine;
    const me = session.subject ?? "nobody";
    switch (act.do) {
      case "write":
        dataOf(session)[act.key] = me;
        break;
      case "delete":
        delete dataOf(session)[act.key];
        break;
      case "login":
        session.login(act.subject);
        mine.loggedOut = false;
        mine.wasLoggedIn = true;
        break;
      case "logout":
        session.logout();
        mine.loggedOut = mine.wasLoggedOut = true;
        break;
      case "regenerate":
        session.regenerate();
        break;
      case "flash":
        session.flash(me);
        break;
      case "save":
        mine.wasStored = true;
        enqueue(mine, () => session.save());
        break;
      case "update":
        mine.wasStored = true;
        enqueue(mine, () => session.update((data) => void Object.assign(data, { n: 1 })));
        break;
      case "commit":
        close(mine);
    }
  };

  for (const act of list) {
    for (let answers = 0; answers < act.pause && scheduler.count() > 0; answers++) await scheduler.waitNext(1);
    if (act.do === "open") {
      const browser = home.fork(processes[act.process]);
      const cameWith = browser.cookie;
      const opening = browser.open();
      await scheduler.waitFor(opening);
      const session = await opening;
      assertOwnDataOnly(session);
      const notes = { loggedOut: false, wasLoggedOut: false, wasLoggedIn: false, wasStored: false, closed: false };
      requests.unshift({ session, browser, cameWith, tail: Promise.resolve(), ...notes });
      continue;
    }
    const mine = requests[act.at];
    if (mine !== undefined && !mine.closed) perform(act, mine);
  }
  for (const mine of requests) close(mine);
  await scheduler.waitFor(Promise.all(requests.map(({ tail }) => tail)));

  for (const cookie of ended) {
    const session = await plain.open(cookie);
    expect([session.subject, dataOf(session), session.isNew]).toEqual([undefined, {}, true]);
  }
  for await (const { data, subject } of plain.list()) expect(strangersIn(data as Data, [], subject)).toEqual([]);
  assertOwnDataOnly(await home.open());
}

describe("a visitor's requests in any order", () => {
  it("a token that was logged out opens nothing, and nobody sees another's data", async () => {
    await fc.assert(
      fc.asyncProperty(acts, fc.scheduler(), async (list, scheduler) => {
        await play(list, scheduler);
      }),
      { numRuns: 2500 },
    );
  });

  it("no key is lost that only one of them touched", async () => {
    const work = fc.array(fc.record({ process: fc.nat(1), save: fc.boolean(), update: fc.boolean() }), {
      minLength: 2,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(work, fc.scheduler(), async (parts, scheduler) => {
        const inner = memoryStore();
        const store = scheduled(inner, scheduler);
        const processes = [0, 1].map(() => createSessionManager({ store, storeTimeout: "30s" }));
        const home = new Visitor(createSessionManager({ store: inner }));
        await home.visit((_session, data) => Object.assign(data, { untouched: true, n: 0, doomed: true }));
        const requests = parts.map(async ({ process, save, update }, index) => {
          const browser = home.fork(processes[process]);
          const session = await browser.open();
          const data = dataOf(session);
          data[`key${index}`] = index;
          if (index === 0) delete data["doomed"];
          if (save) await session.save();
          if (update)
            await session.update((stored) => void Object.assign(stored, { n: (stored as { n: number }).n + 1 }));
          await browser.commit(session);
        });
        await scheduler.waitFor(Promise.all(requests));
        const expected = Object.fromEntries(parts.map((_part, index) => [`key${index}`, index]));
        const n = parts.filter(({ update }) => update).length;
        expect((await home.look()).data).toEqual({ untouched: true, n, ...expected });
      }),
      { numRuns: 100 },
    );
  });
});
