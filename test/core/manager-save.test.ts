import { describe, expect, it } from "vitest";
import { createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { heldStore, recordingStore } from "./lib/stores.ts";
import { dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

const ENDED = { code: "ERR_SESSION_ENDED" };

describe("save", () => {
  it("stores at once, and what it stored is not stored again", async () => {
    const { store, calls } = recordingStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("a", 1));
    const session = await browser.open();
    dataOf(session).a = 2;
    await session.save();
    expect((await browser.look()).data).toEqual({ a: 2 });
    calls.length = 0;
    await session.save();
    expect(setCookies(await browser.commit(session))).toEqual([]);
    expect(calls).toEqual([]);
  });

  it("of a new session owes the cookie to the commit", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    const session = await browser.open();
    dataOf(session).a = 1;
    await session.save();
    expect(session.id).toMatch(/^[\w-]{43}$/);
    dataOf(session).b = 2;
    expect(setCookies(await browser.commit(session))).toHaveLength(1);
    expect((await browser.look()).data).toEqual({ a: 1, b: 2 });
  });

  it("brings the data up to what others stored, in place, with own changes on top", async () => {
    const store = memoryStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(async (session, data) => {
      Object.assign(data, { a: 1, b: 1, c: 1 });
      session.flash("old");
    });
    const session = await browser.open();
    const data = dataOf(session);
    const other = browser.fork(createSessionManager({ store }));
    await other.visit((_session, theirs) => {
      theirs.b = 2;
      delete theirs.c;
    });
    data.a = 2;
    const saving = session.save();
    data["late"] = true;
    await saving;
    expect(session.data).toBe(data);
    expect(data).toEqual({ a: 2, b: 2, late: true });
    await browser.commit(session);
    expect((await browser.look()).data).toEqual({ a: 2, b: 2, late: true });
  });

  it("a merge that brought others' keys leaves nothing to store at the commit", async () => {
    const { store, calls } = recordingStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("a", 1));
    const session = await browser.open();
    await browser.fork(createSessionManager({ store })).visit(write("b", 1));
    dataOf(session).c = 1;
    await session.save();
    calls.length = 0;
    await browser.commit(session);
    expect(calls).toEqual([]);
  });

  it("rejects where the session was ended meanwhile, and stores nothing", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("a", 1));
    const session = await browser.open();
    const copy = browser.fork();
    await browser.visit((other) => other.logout());
    dataOf(session).a = 2;
    await expect(session.save()).rejects.toMatchObject(ENDED);
    await expect(session.save()).rejects.toMatchObject(ENDED);
    expect(setCookies(await copy.commit(session))).toEqual([]);
    expect((await copy.look()).data).toEqual({});
  });

  it("twice at once stores both changes", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    const session = await browser.open();
    dataOf(session).a = 1;
    const one = session.save();
    dataOf(session).b = 2;
    await Promise.all([one, session.save()]);
    await browser.commit(session);
    expect((await browser.look()).data).toEqual({ a: 1, b: 2 });
  });

  it("and the commit at once do not get in each other's way", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    const session = await browser.open();
    dataOf(session).a = 1;
    const [, headers] = await Promise.all([session.save(), browser.commit(session)]);
    expect(setCookies(headers)).toHaveLength(1);
    expect((await browser.look()).data).toEqual({ a: 1 });
  });

  it.each([
    ["emptied", (session: { clear(): void }) => session.clear()],
    ["logged out", (session: { logout(): void }) => session.logout()],
  ])("%s, saved, then written: a new session under a new token", async (_name, end) => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("a", 1));
    const before = browser.cookie;
    await browser.visit(async (session, data) => {
      end(session);
      await session.save();
      data.b = 2;
    });
    expect(browser.cookie).not.toBe(before);
    expect((await browser.look()).data).toEqual({ b: 2 });
  });
});

describe("while a save is under way", () => {
  /** A save that is held in the store while `meanwhile` happens. */
  async function during(
    method: "create" | "replace",
    subject: string | undefined,
    meanwhile: (session: Awaited<ReturnType<Visitor["open"]>>, browser: Visitor) => unknown,
  ) {
    const { store, hold } = heldStore(method);
    const browser = new Visitor(createSessionManager({ store }));
    if (method === "replace") {
      await browser.visit((session, data) => {
        data.a = 1;
        if (subject !== undefined) session.login(subject);
      });
    }
    const session = await browser.open();
    if (method === "create" && subject !== undefined) session.login(subject);
    dataOf(session).a = 2;
    const { reached, release } = hold();
    const saving = session.save();
    await reached;
    await meanwhile(session, browser);
    release();
    await saving;
    return { session, browser };
  }

  it.each(["create", "replace"] as const)("a logout wins (%s)", async (method) => {
    const { session, browser } = await during(method, "alice", (mine) => mine.logout());
    expect(session.subject).toBeUndefined();
    const sent = browser.fork();
    await sent.commit(session);
    expect(await sent.look()).toMatchObject({ data: {}, subject: undefined });
    expect(await browser.look()).toMatchObject({ data: {}, subject: undefined });
    for await (const { id } of browser.manager.list()) expect.unreachable(id);
  });

  it.each(["create", "replace"] as const)("a logout wins, and what is written after it is new (%s)", async (method) => {
    const { session, browser } = await during(method, "alice", (mine) => {
      mine.logout();
      dataOf(mine).b = 3;
    });
    await browser.commit(session);
    expect(await browser.look()).toMatchObject({ data: { b: 3 }, subject: undefined });
  });

  it.each(["create", "replace"] as const)("a login moves on to a new token (%s)", async (method) => {
    const { session, browser } = await during(method, undefined, (mine) => mine.login("alice"));
    const saved = session.id;
    await browser.commit(session);
    const found = await browser.look();
    expect(found).toMatchObject({ data: { a: 2 }, subject: "alice" });
    expect(found.id).not.toBe(saved);
  });

  it.each(["create", "replace"] as const)("a login of somebody else starts from nothing (%s)", async (method) => {
    const { session, browser } = await during(method, "alice", (mine) => mine.login("bob"));
    await browser.commit(session);
    expect(await browser.look()).toMatchObject({ data: {}, subject: "bob" });
  });

  it("a login of somebody else takes nothing of what others stored for the former user", async () => {
    const store = memoryStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit((session) => session.login("alice"));
    const session = await browser.open();
    await browser.fork(createSessionManager({ store })).visit((other, data) => {
      data.b = "alice's";
      other.flash("for alice");
    });
    dataOf(session).a = 1;
    const saving = session.save();
    session.login("bob");
    await saving;
    await browser.commit(session);
    const found = await browser.open();
    expect([found.subject, dataOf(found), found.flashes()]).toEqual(["bob", {}, []]);
  });

  it("a message that is read is not shown again, one that is added is kept", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit((session) => session.flash("one"));
    const session = await browser.open();
    dataOf(session).a = 1;
    const saving = session.save();
    expect(session.flashes()).toHaveLength(1);
    session.flash("two");
    await saving;
    await browser.commit(session);
    expect((await browser.open()).flashes().map(({ message }) => message)).toEqual(["two"]);
  });

  it("a nested change is not lost", async () => {
    const { session, browser } = await during("replace", undefined, (mine) => {
      dataOf(mine).c = { list: [1] };
    });
    (dataOf(session).c as { list: number[] }).list.push(2);
    await browser.commit(session);
    expect((await browser.look()).data).toEqual({ a: 2, c: { list: [1, 2] } });
  });
});
