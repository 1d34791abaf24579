import { describe, expect, it } from "vitest";
import {
  createSessionManager,
  type Session,
  type SessionEvent,
  type SessionOptions,
  type Store,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { loopTime } from "../lib/elapsed.ts";
import { withMethods } from "./lib/stores.ts";
import { dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

const DOWN = { code: "ERR_STORE", status: 503 };
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const broken = async (): Promise<never> => {
  throw new Error("connection refused");
};

/** A visitor with a session in `inner`, and the faults of `store` from then on. */
async function start(faults: (inner: Store) => Partial<Store>, options: Partial<SessionOptions> = {}) {
  const inner = memoryStore();
  const events: SessionEvent[] = [];
  const healthy = new Visitor(createSessionManager({ store: inner }));
  await healthy.visit((session, data) => {
    session.login("alice");
    data.a = 1;
  });
  const store = withMethods(inner, faults(inner));
  const onEvent = (event: SessionEvent) => void events.push(event);
  const browser = healthy.fork(createSessionManager({ store, storeTimeout: 0.2, onEvent, ...options }));
  return { browser, healthy, events };
}

/** A method that fails the first time: before or after it did its work. */
function failOnce<A extends unknown[], T>(call: (...args: A) => Promise<T>, when: "before" | "after") {
  let failed = false;
  return async (...args: A): Promise<T> => {
    if (failed) return call(...args);
    failed = true;
    if (when === "after") await call(...args);
    throw new Error("connection reset");
  };
}

describe("a store that can't be read", () => {
  it.each([
    ["that throws", broken],
    ["that throws at once", () => void JSON.parse("{")],
    ["that hangs", never],
  ])("%s: 503 within the timeout, and an event", async (_name, read) => {
    const { browser, events } = await start(() => ({ read: read as Store["read"] }));
    const took = await loopTime(() => expect(browser.open()).rejects.toMatchObject(DOWN));
    expect(took).toBeLessThan(1000);
    expect(events).toContainEqual(expect.objectContaining({ type: "store-error", operation: "read" }));
  });

  it("is tried once more", async () => {
    const { browser } = await start((inner) => ({ read: failOnce((...args) => inner.read(...args), "before") }));
    expect((await browser.look()).subject).toBe("alice");
  });

  it("anonymous: the request goes on without data, and touches no cookie", async () => {
    const { browser, healthy } = await start(() => ({ read: broken }), { onStoreError: "anonymous" });
    const headers = await browser.visit((session, data) => {
      expect([data, session.subject, session.isNew]).toEqual([{}, undefined, true]);
      expect(session.flashes()).toEqual([]);
    });
    expect(setCookies(headers)).toEqual([]);
    expect((await healthy.look()).subject).toBe("alice");
  });

  it("anonymous: to write is ERR_STORE", async () => {
    const { browser, healthy } = await start(() => ({ read: broken }), { onStoreError: "anonymous" });
    const session = await browser.open();
    for (const write of [
      () => session.login("bob"),
      () => session.logout(),
      () => session.regenerate(),
      () => session.flash("x"),
      () => session.clear(),
      () => Object.assign(session, { permanent: false }),
    ]) {
      expect(write).toThrow(expect.objectContaining(DOWN));
    }
    await expect(session.update((data) => void Object.assign(data, { n: 1 }))).rejects.toMatchObject(DOWN);
    dataOf(session).a = 2;
    await expect(session.save()).rejects.toMatchObject(DOWN);
    await expect(browser.commit(session)).rejects.toMatchObject(DOWN);
    expect(await healthy.look()).toMatchObject({ data: { a: 1 }, subject: "alice" });
  });

  it("anonymous, lazy: load succeeds without data, login at the commit is ERR_STORE", async () => {
    const { browser } = await start(() => ({ read: broken }), { onStoreError: "anonymous", lazy: true });
    const session = await browser.open();
    await session.load();
    expect(dataOf(session)).toEqual({});
    const other = await browser.open();
    other.login("bob");
    await expect(browser.commit(other)).rejects.toMatchObject(DOWN);
  });
});

describe("a store that can't be written", () => {
  it.each<[string, keyof Store, (session: Session) => void]>([
    ["a change", "replace", (session) => session.flash("x")],
    ["a login", "create", (session) => session.login("bob")],
    ["a logout", "replace", (session) => session.logout()],
  ])("that hangs on %s: 503 within the timeout", async (_name, method, act) => {
    const { browser } = await start(() => ({ [method]: never }));
    const session = await browser.open();
    act(session);
    const took = await loopTime(() => expect(browser.commit(session)).rejects.toMatchObject(DOWN));
    expect(took).toBeLessThan(1000);
  });

  it("ten writers of one session all have their answer within about one timeout", async () => {
    const { browser } = await start(() => ({ replace: never }));
    const sessions = await Promise.all(Array.from({ length: 10 }, () => browser.open()));
    const took = await loopTime(async () => {
      const commits = sessions.map((session) => {
        dataOf(session).a = 2;
        return browser.manager.commit(session);
      });
      for (const outcome of await Promise.allSettled(commits)) expect(outcome.status).toBe("rejected");
    });
    expect(took).toBeLessThan(1000);
  });

  it.each(["before", "after"] as const)("replace fails %s its work: the change is stored once", async (when) => {
    let writes = 0;
    const { browser, events } = await start((inner) => {
      const replace = failOnce<Parameters<Store["replace"]>, "ok" | "conflict" | "gone">((...args) => {
        writes++;
        return inner.replace(...args);
      }, when);
      return { replace };
    });
    await browser.visit(write("a", 2));
    expect([(await browser.look()).data, writes]).toEqual([{ a: 2 }, 1]);
    expect(events.map(({ type }) => type)).toContain("store-error");
  });

  it.each(["before", "after"] as const)("create fails %s its work: there is one session", async (when) => {
    const inner = memoryStore();
    const create = failOnce<Parameters<Store["create"]>, "ok" | "exists">((...args) => inner.create(...args), when);
    const browser = new Visitor(createSessionManager({ store: withMethods(inner, { create }) }));
    await browser.visit(write("a", 1));
    expect((await browser.look()).data).toEqual({ a: 1 });
    const ids: string[] = [];
    for await (const { id } of browser.manager.list()) ids.push(id);
    expect(ids).toHaveLength(1);
  });

  it.each(["before", "after"] as const)(
    "logout fails %s its work: it ends, and the cookie is cleared",
    async (when) => {
      const { browser, healthy } = await start((inner) => ({
        replace: failOnce<Parameters<Store["replace"]>, "ok" | "conflict" | "gone">(
          (...args) => inner.replace(...args),
          when,
        ),
      }));
      await browser.visit((session) => session.logout());
      expect(browser.cookie).toBeUndefined();
      expect((await healthy.look()).subject).toBeUndefined();
    },
  );

  it("a logout that could not be stored is an error, and clears no cookie", async () => {
    const { browser, healthy } = await start(() => ({ replace: broken, delete: broken }));
    await expect(browser.visit((session) => session.logout())).rejects.toMatchObject(DOWN);
    expect((await healthy.look()).subject).toBe("alice");
  });

  it("a save that failed is done by the next one", async () => {
    let down = true;
    const { browser } = await start((inner) => ({
      replace: (...args) => (down ? broken() : inner.replace(...args)),
      create: (...args) => (down ? broken() : inner.create(...args)),
    }));
    await browser.visit(async (session, data) => {
      data.a = 2;
      session.login("bob");
      data.b = 3;
      await expect(session.save()).rejects.toMatchObject(DOWN);
      down = false;
      await session.save();
    });
    expect(await browser.look()).toMatchObject({ data: { b: 3 }, subject: "bob" });
  });
});

describe("a store that answers garbage", () => {
  const payloads: [string, unknown][] = [
    ["no bytes", new Uint8Array()],
    ["other bytes", Buffer.from("\x80\x04K\x01.", "latin1")],
    ["half a record", Buffer.from('{"a":1,"_perm')],
    ["text", '{"a":1,"_permanent":true}'],
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
  ];

  it.each(payloads)("%s for a payload: a fresh session, an event, never a 500 for ever", async (_name, payload) => {
    const { browser, events } = await start(() => ({
      read: async () => ({ payload: payload as Uint8Array, version: payload, renewed: false }),
    }));
    const session = await browser.open();
    expect([dataOf(session), session.subject, session.isNew]).toEqual([{}, undefined, true]);
    expect(events).toContainEqual(expect.objectContaining({ type: "undecodable" }));
    dataOf(session).b = 2;
    expect(setCookies(await browser.commit(session))).toHaveLength(1);
  });

  it("null for a missing session is a missing session", async () => {
    const { browser } = await start(() => ({ read: async () => null as unknown as undefined }));
    expect(await browser.look()).toMatchObject({ data: {}, isNew: true });
  });

  it.each([
    ["conflict to every write", "conflict", 1],
    ["conflict to every write, at once", "conflict", 0],
    ["an unknown word to every write", "banana", 1],
    ["an unknown word to every write, at once", "banana", 0],
    ["nothing to every write", undefined, 1],
  ])("%s: an error within the timeout, whatever is written", async (_name, answer, delay) => {
    for (const act of ["change", "login", "regenerate", "logout"] as const) {
      let calls = 0;
      const { browser } = await start((inner) => ({
        read: async (...args) => {
          // Gives up where the manager doesn't, so that this test ends.
          if (++calls > 500) return undefined;
          if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
          return inner.read(...args);
        },
        replace: async () => answer as "conflict",
      }));
      const session = await browser.open();
      if (act === "change") dataOf(session).a = 2;
      else if (act === "login") session.login("alice");
      else session[act]();
      await browser.commit(session).catch((error: unknown) => expect(error, act).toMatchObject(DOWN));
      expect(calls, act).toBeLessThan(400);
    }
  });

  it("every new id exists: an error", async () => {
    const { browser } = await start(() => ({ create: async () => "exists" }));
    await expect(
      browser.manager.open(null).then(async (session) => {
        dataOf(session).a = 1;
        return browser.manager.commit(session);
      }),
    ).rejects.toMatchObject(DOWN);
  });

  it("someone else's session after a write: nothing is shown or written", async () => {
    const inner = memoryStore();
    const manager = createSessionManager({ store: inner });
    const [alice, bob] = [new Visitor(manager), new Visitor(manager)];
    await alice.visit((session) => session.login("alice"));
    await bob.visit((session, data) => {
      session.login("bob");
      data.b = "bob's";
    });
    const bobsId = (await bob.look()).id ?? "";
    let mixed = false;
    const store = withMethods(inner, {
      read: (id, renewal) => inner.read(mixed ? bobsId : id, renewal),
      replace: async (...args) => (mixed ? "conflict" : inner.replace(...args)),
    });
    const confused = alice.fork(createSessionManager({ store, storeTimeout: 0.2 }));
    const session = await confused.open();
    dataOf(session).a = 1;
    mixed = true;
    await expect(session.save()).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
    expect(dataOf(session)).not.toHaveProperty("b");
    expect((await bob.look()).data).toEqual({ b: "bob's" });
  });
});
