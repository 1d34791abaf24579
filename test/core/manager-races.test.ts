import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionEvent, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

type Act = Parameters<Visitor["visit"]>[0];

async function start(options: Partial<SessionOptions> = {}) {
  const events: SessionEvent[] = [];
  const store = memoryStore();
  const make = () => createSessionManager({ store, onEvent: (event) => void events.push(event), ...options });
  const manager = make();
  const browser = new Visitor(manager);
  await browser.visit((session, data) => {
    session.login("alice");
    data.a = 1;
    data.b = 1;
  });
  return { browser, manager, make, store, events, types: () => events.map(({ type }) => type) };
}

describe("a request in flight while another one ends the session", () => {
  it("does not revive it, and does not touch the cookie", async () => {
    const { browser, types } = await start();
    const slow = await browser.open();
    dataOf(slow).a = 2;
    const stale = browser.fork();
    await browser.visit((session) => session.logout());
    expect(setCookies(await browser.commit(slow))).toEqual([]);
    expect(types()).toContain("gone");
    expect(await stale.look()).toMatchObject({ data: {}, subject: undefined });
  });

  it("a logout does not clear the cookie that a login has set meanwhile", async () => {
    const { browser } = await start();
    const slow = await browser.open();
    slow.logout();
    await browser.visit((session) => session.login("alice"));
    const cookie = browser.cookie;
    expect(setCookies(await browser.commit(slow))).toEqual([]);
    expect(browser.cookie).toBe(cookie);
    expect((await browser.look()).subject).toBe("alice");
  });

  it("a logout with a farewell does not overwrite it either", async () => {
    const { browser } = await start();
    const slow = await browser.open();
    slow.logout();
    slow.flash("Bye");
    await browser.visit((session) => session.login("alice"));
    await browser.commit(slow);
    expect((await browser.look()).subject).toBe("alice");
  });

  it("a lazy logout does not clear it either", async () => {
    const { browser } = await start({ lazy: true });
    const slow = await browser.open();
    slow.logout();
    const quick = await browser.open();
    quick.login("alice");
    await browser.commit(quick);
    expect(setCookies(await browser.commit(slow))).toEqual([]);
  });

  it("a regeneration loses against a logout: the new token is dead too", async () => {
    const { browser } = await start();
    const slow = await browser.open();
    slow.regenerate();
    await browser.visit((session) => session.logout());
    expect(setCookies(await browser.commit(slow))).toEqual([]);
    const living: string[] = [];
    for await (const { id } of browser.manager.list()) living.push(id);
    expect(living).toEqual([]);
  });

  it("a login wins against a logout: who he is was just proven", async () => {
    const { browser } = await start();
    const slow = await browser.open();
    slow.login("alice");
    await browser.visit((session) => session.logout());
    await browser.commit(slow);
    expect((await browser.look()).subject).toBe("alice");
  });

  it("two logins both count", async () => {
    const { browser } = await start();
    const [one, two] = [await browser.open(), await browser.open()];
    one.login("alice");
    two.login("bob");
    const [headersOne, headersTwo] = [await browser.manager.commit(one), await browser.manager.commit(two)];
    const other = browser.fork();
    browser.receive(headersOne);
    other.receive(headersTwo);
    expect([(await browser.look()).subject, (await other.look()).subject]).toEqual(["alice", "bob"]);
    expect((await other.look()).data).toEqual({});
  });

  it("a write beside a login of the same user is carried over to the new token", async () => {
    const { browser, make } = await start();
    const other = make();
    const [slow, quick] = [await browser.open(), await other.open(browser.cookie)];
    dataOf(quick).b = 2;
    await other.commit(quick);
    slow.login("alice");
    dataOf(slow).a = 2;
    await browser.commit(slow);
    expect((await browser.look()).data).toEqual({ a: 2, b: 2 });
  });

  it("nothing of the former user is carried over to another one's login", async () => {
    const { browser, make } = await start();
    const other = make();
    const [slow, quick] = [await browser.open(), await other.open(browser.cookie)];
    dataOf(quick).c = "alice's";
    quick.flash("for alice");
    await other.commit(quick);
    slow.login("bob");
    await browser.commit(slow);
    const found = await browser.open();
    expect([found.subject, dataOf(found), found.flashes()]).toEqual(["bob", {}, []]);
  });
});

describe("a retired token", () => {
  it("is anonymous for a minute, its writes are dropped, its cookie is left alone", async () => {
    const { browser, events } = await start();
    const stale = browser.fork();
    await browser.visit((session) => session.login("alice"));
    events.length = 0;
    const headers = await stale.visit((session, data) => {
      expect([session.subject, session.id, session.isNew, data]).toEqual([undefined, undefined, true, {}]);
      data.a = 3;
    });
    expect(headers).toEqual([["Vary", "Cookie"]]);
    expect(events.map(({ type }) => type)).toContain("gone");
    expect((await browser.look()).data).toEqual({ a: 1, b: 1 });
  });

  it("may log in", async () => {
    const { browser } = await start();
    const stale = browser.fork();
    await browser.visit((session) => session.logout());
    await stale.visit((session) => session.login("bob"));
    expect((await stale.look()).subject).toBe("bob");
  });

  it("is not kept for ever by those who go on using it", async () => {
    const clock = settableClock();
    try {
      const { browser } = await start();
      const stale = browser.fork();
      await browser.visit((session) => session.logout());
      for (let second = 0; second < 59; second += 10) {
        clock.advance(second === 0 ? 1 : 10);
        const headers = await stale.visit(write("a", 2));
        expect(setCookies(headers)).toEqual([]);
      }
      clock.advance(10);
      await stale.visit(write("a", 2));
      expect(await stale.look()).toMatchObject({ data: { a: 2 }, subject: undefined });
    } finally {
      clock.restore();
    }
  });
});

describe("two writers", () => {
  const race = async (options: Partial<SessionOptions>, one: Act, two: Act) => {
    const started = await start(options);
    const { browser, make } = started;
    const other = make();
    const [first, second] = [await browser.open(), await other.open(browser.cookie)];
    one(first, dataOf(first));
    two(second, dataOf(second));
    await browser.manager.commit(first);
    return { ...started, outcome: other.commit(second) };
  };

  it("of different keys are both stored", async () => {
    const { browser, outcome, events } = await race({}, write("a", 2), (_session, data) => delete data.b);
    await outcome;
    expect((await browser.look()).data).toEqual({ a: 2 });
    expect(events).toContainEqual(expect.objectContaining({ type: "merged", keys: [] }));
  });

  it("of the same key: the later one's stands, and the key is named", async () => {
    const { browser, outcome, events } = await race({}, write("a", 2), write("a", 3));
    await outcome;
    expect((await browser.look()).data).toEqual({ a: 3, b: 1 });
    expect(events).toContainEqual(expect.objectContaining({ type: "merged", keys: ["a"] }));
  });

  it("reject: the later one is refused with 409", async () => {
    const { browser, outcome, types } = await race({ onConflict: "reject" }, write("a", 2), write("b", 3));
    await expect(outcome).rejects.toMatchObject({ code: "ERR_CONFLICT", status: 409 });
    expect((await browser.look()).data).toEqual({ a: 2, b: 1 });
    expect(types()).toContain("conflict");
  });

  it("overwrite: the later one's data stand as a whole", async () => {
    const { browser, outcome } = await race({ onConflict: "overwrite" }, write("a", 2), write("b", 3));
    await outcome;
    expect((await browser.look()).data).toEqual({ a: 1, b: 3 });
  });

  it.each(["merge", "reject", "overwrite"] as const)("%s revives nothing", async (onConflict) => {
    const { browser, make } = await start({ onConflict });
    const other = make();
    const slow = await other.open(browser.cookie);
    dataOf(slow).a = 2;
    const stale = browser.fork();
    await browser.visit((session) => session.logout());
    expect(setCookies(await other.commit(slow))).toEqual([]);
    expect(await stale.look()).toMatchObject({ data: {}, subject: undefined });
  });

  it("emptied here, filled there: the session lives on, and its cookie stays", async () => {
    const store = memoryStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("a", 1));
    const other = browser.fork(createSessionManager({ store }));
    const [one, two] = [await browser.open(), await other.open()];
    dataOf(one).b = 2;
    two.clear();
    await browser.manager.commit(one);
    expect(setCookies(await other.commit(two))).toEqual([]);
    expect((await browser.look()).data).toEqual({ b: 2 });
  });

  it("fifty in one process and fifty in another: no key is lost", async () => {
    const { browser, manager, make } = await start({ storeTimeout: "10s" });
    const other = make();
    const writers = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? manager : other));
    await Promise.all(
      writers.map(async (mine, index) => {
        const session = await mine.open(browser.cookie);
        dataOf(session)[`key${index}`] = index;
        await mine.commit(session);
      }),
    );
    expect(Object.keys((await browser.look()).data)).toHaveLength(52);
  });
});
