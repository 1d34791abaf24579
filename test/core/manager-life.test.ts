import { describe, expect, it } from "vitest";
import { createSessionManager, SessionError } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { recordingStore } from "./lib/stores.ts";
import { dataOf, setCookies, Visitor } from "./lib/visitor.ts";

const NO_STORE = ["Cache-Control", "no-store"];
const VARY = ["Vary", "Cookie"];

function visitor() {
  const { store, calls, ids } = recordingStore();
  return { browser: new Visitor(createSessionManager({ store })), store, calls, ids };
}

describe("a new visitor", () => {
  it("who isn't looked at costs nothing and gets nothing", async () => {
    const { browser, calls } = visitor();
    expect(await browser.commit(await browser.open())).toEqual([]);
    expect(calls).toEqual([]);
  });

  it("whose data are read gets Vary, and nothing is stored", async () => {
    const { browser, calls } = visitor();
    expect(await browser.visit((_session, data) => data.a)).toEqual([VARY]);
    expect(calls).toEqual([]);
  });

  it("whose data are written and removed again is as new", async () => {
    const { browser, calls } = visitor();
    const headers = await browser.visit((_session, data) => {
      data.a = 1;
      delete data.a;
    });
    expect([headers, calls]).toEqual([[VARY], []]);
  });

  it("gets a token with the first write, in one store call", async () => {
    const { browser, calls } = visitor();
    const headers = await browser.visit((session, data) => {
      expect(session.isNew).toBe(true);
      expect([session.id, session.subject, session.createdAt]).toEqual([undefined, undefined, undefined]);
      data.a = { deep: [1] };
    });
    expect(headers.slice(1)).toEqual([NO_STORE, VARY]);
    expect(setCookies(headers)[0]).toMatch(
      /^session=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(calls).toEqual(["create"]);
    expect(await browser.look()).toMatchObject({ data: { a: { deep: [1] } }, isNew: false });
  });

  it("a flash message is a session too, and reading it ends that session", async () => {
    const { browser } = visitor();
    await browser.visit((session) => session.flash("Welcome"));
    const headers = await browser.visit((session) => {
      expect(session.flashes()).toEqual([{ message: "Welcome", category: "message" }]);
      expect(session.flashes()).toEqual([]);
    });
    expect(setCookies(headers)[0]).toMatch(/^session=; Max-Age=0;/);
    expect(browser.cookie).toBeUndefined();
  });
});

describe("a known visitor", () => {
  it("who only reads costs one read and gets no cookie", async () => {
    const { browser, calls } = visitor();
    await browser.visit((_session, data) => {
      data.a = [1];
    });
    calls.length = 0;
    expect(await browser.visit((_session, data) => data.a)).toEqual([VARY]);
    expect(await browser.commit(await browser.open())).toEqual([]);
    expect(calls).toEqual(["read", "read"]);
  });

  it("a nested change is noticed, stored in one call more, and sets no cookie", async () => {
    const { browser, calls } = visitor();
    await browser.visit((_session, data) => {
      data.a = { list: [1] };
    });
    calls.length = 0;
    const headers = await browser.visit((_session, data) => (data.a as { list: number[] }).list.push(2));
    expect(headers).toEqual([VARY]);
    expect(calls).toEqual(["read", "replace"]);
    expect((await browser.look()).data.a).toEqual({ list: [1, 2] });
  });

  it("a change that is undone isn't stored", async () => {
    const { browser, calls } = visitor();
    await browser.visit((_session, data) => {
      data.n = 1;
    });
    calls.length = 0;
    await browser.visit((_session, data) => {
      data.n = 2;
      data.n = 1;
    });
    expect(calls).toEqual(["read"]);
  });

  it.each([
    ["removing the last key", (session: { data: object }) => void delete (session.data as { a?: unknown }).a],
    ["clear()", (session: { clear(): void }) => session.clear()],
    ["destroy()", (session: { destroy(): void }) => session.destroy()],
    ["logout()", (session: { logout(): void }) => session.logout()],
  ])("%s ends the session and clears the cookie", async (_name, act) => {
    const { browser } = visitor();
    await browser.visit((_session, data) => {
      data.a = 1;
    });
    const copy = browser.fork();
    const headers = await browser.visit(act);
    expect(setCookies(headers)).toEqual(["session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"]);
    expect(headers.slice(1)).toEqual([NO_STORE, VARY]);
    expect(browser.cookie).toBeUndefined();
    expect(await copy.look()).toMatchObject({ data: {}, isNew: true, id: undefined });
  });

  it("clear() keeps who is logged in", async () => {
    const { browser } = visitor();
    await browser.visit((session, data) => {
      data.a = 1;
      session.flash("x");
      session.login("alice");
    });
    await browser.visit((session) => session.clear());
    expect(await browser.look()).toMatchObject({ data: {}, subject: "alice" });
    expect((await browser.open()).flashes()).toEqual([]);
  });

  it("ended, then written, is a new session under a new token", async () => {
    const { browser } = visitor();
    await browser.visit((session, data) => {
      session.login("alice");
      data.a = 1;
    });
    const before = browser.fork();
    await browser.visit((session) => {
      session.logout();
      expect(session.subject).toBeUndefined();
      expect(dataOf(session)).toEqual({});
      session.flash("Bye");
    });
    expect(browser.cookie).not.toBe(before.cookie);
    expect(await before.look()).toMatchObject({ data: {}, subject: undefined, isNew: true });
    const session = await browser.open();
    expect([session.subject, session.flashes()]).toEqual([undefined, [{ message: "Bye", category: "message" }]]);
  });
});

describe("flash messages", () => {
  it("are read by category, once, in order", async () => {
    const { browser } = visitor();
    await browser.visit((session) => {
      session.flash("one");
      session.flash({ rich: 1n }, "error");
      session.flash("two");
    });
    await browser.visit((session) => {
      expect(session.flashes({ category: "error" })).toEqual([{ message: { rich: 1n }, category: "error" }]);
      expect(session.flashes({ category: "none" })).toEqual([]);
    });
    await browser.visit((session) => expect(session.flashes().map(({ message }) => message)).toEqual(["one", "two"]));
    expect(browser.cookie).toBeUndefined();
  });
});

describe("a token", () => {
  it("that the store doesn't know is never adopted, and never cleared", async () => {
    const { browser, ids } = visitor();
    const planted = "A".repeat(43);
    browser.jar.receive([`session=${planted}; Path=/; Secure`], "https://shop.test/");
    expect(setCookies(await browser.visit((_session, data) => data.a))).toEqual([]);
    ids.clear();
    await browser.visit((_session, data) => {
      data.a = 1;
    });
    expect(browser.cookie).not.toContain(planted);
    expect(await new Visitor(browser.manager).manager.open(`session=${planted}`)).toMatchObject({ isNew: true });
  });

  it.each(["", "x", "../../etc/passwd", "é".repeat(43), "A".repeat(42), "__proto__", "A".repeat(100_000)])(
    "of another shape costs no store call (%#)",
    async (value) => {
      const { browser, calls } = visitor();
      const session = await browser.manager.open(`session=${value}`);
      expect(session.isNew).toBe(true);
      expect(await browser.manager.commit(session)).toEqual([VARY]);
      expect(calls).toEqual([]);
    },
  );

  it.each([null, undefined, "", "other=1"])("may be missing: Cookie %j", async (header) => {
    const { browser } = visitor();
    expect((await browser.manager.open(header)).isNew).toBe(true);
  });
});

describe("permanent", () => {
  it("false ends the cookie with the browser; changing it sets the cookie again", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore(), permanent: false }));
    const first = await browser.visit((session, data) => {
      expect(session.permanent).toBe(false);
      data.a = 1;
    });
    expect(setCookies(first)[0]).not.toContain("Max-Age");
    const again = await browser.visit((session) => {
      session.permanent = true;
    });
    expect(setCookies(again)[0]).toContain("; Max-Age=1209600;");
    expect(setCookies(await browser.visit((session) => expect(session.permanent).toBe(true)))).toEqual([]);
  });

  it("takes true or false", async () => {
    const { browser } = visitor();
    const session = await browser.open();
    expect(() => Object.assign(session, { permanent: "yes" })).toThrow(TypeError);
  });
});

describe("what it can't store", () => {
  it.each([
    ["ERR_ENCODE", () => 1, /session\.bad is a function/],
    ["ERR_TOO_LARGE", "x".repeat(70_000), /70\d\d\d bytes.*65536/],
  ])("%s rejects the commit, and loses nothing of what was stored", async (code, value, message) => {
    const { browser } = visitor();
    await browser.visit((_session, data) => {
      data.a = 1;
    });
    const attempt = browser.visit((_session, data) => {
      data["bad"] = value;
      data.a = 2;
    });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toMatchObject({ code, status: 500, constructor: SessionError });
    expect((await browser.look()).data).toEqual({ a: 1 });
  });

  it("save() rejects as well, and goes on when the value is gone", async () => {
    const { browser } = visitor();
    await browser.visit(async (session, data) => {
      data.a = 1;
      data.b = Symbol("b");
      await expect(session.save()).rejects.toMatchObject({ code: "ERR_ENCODE" });
      delete data.b;
      await session.save();
    });
    expect((await browser.look()).data).toEqual({ a: 1 });
  });

  it("a reserved key is a TypeError", async () => {
    const { browser } = visitor();
    await expect(
      browser.visit((_session, data) => {
        data["_user_id"] = "root";
      }),
    ).rejects.toThrow(TypeError);
  });
});
