import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSessionManager, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type SettableClock, settableClock } from "../../src/testing/clock.ts";
import { OLD_SECRET, recordingStore, SECRET, withMethods } from "./lib/stores.ts";
import { setCookies, Visitor, write } from "./lib/visitor.ts";

const MINUTE = 60_000;
let clock: SettableClock;
beforeEach(() => {
  clock = settableClock(new Date("2030-01-01T00:00:00Z"));
});
afterEach(() => clock.restore());

const start = (options: Partial<SessionOptions> = {}) =>
  new Visitor(createSessionManager({ store: memoryStore(), idleTimeout: "100m", lifetime: "1d", ...options }));

describe("idle timeout", () => {
  it("ends a session that isn't used", async () => {
    const browser = start();
    await browser.visit(write("a", 1));
    clock.advance("99m");
    expect((await browser.look()).data).toEqual({ a: 1 });
    clock.advance("100m");
    expect((await browser.look()).isNew).toBe(true);
  });

  it("moves with each use, even one that never looks at the data", async () => {
    const browser = start();
    await browser.visit(write("a", 1));
    for (let uses = 0; uses < 5; uses++) {
      clock.advance("90m");
      expect(await browser.commit(await browser.open())).toEqual([]);
    }
    expect((await browser.look()).data).toEqual({ a: 1 });
  });

  it("is renewed in the read itself, once a tenth has passed", async () => {
    const inner = memoryStore();
    const renewed: boolean[] = [];
    const store = withMethods(inner, {
      async read(id, renewal) {
        const found = await inner.read(id, renewal);
        if (found !== undefined) renewed.push(found.renewed);
        return found;
      },
    });
    const browser = start({ store });
    await browser.visit(write("a", 1));
    for (const pause of ["9m", "2m", "5m", "6m"] as const) {
      clock.advance(pause);
      await browser.open();
    }
    expect(renewed).toEqual([false, true, false, true]);
  });

  it("never sets the cookie again", async () => {
    const browser = start();
    await browser.visit(write("a", 1));
    clock.advance("50m");
    expect(setCookies(await browser.visit((_session, data) => data.a))).toEqual([]);
  });
});

describe("lifetime", () => {
  it("ends a session however much it is used, and its cookie with it", async () => {
    const browser = start();
    const headers = await browser.visit((session, data) => {
      data.a = 1;
      expect(session.expiresAt).toEqual(new Date(Date.now() + 1440 * MINUTE));
    });
    expect(setCookies(headers)[0]).toContain("; Max-Age=86400;");
    const cookie = browser.cookie;
    const end = (await browser.open()).expiresAt;
    for (let minutes = 0; minutes < 1430; minutes += 10) {
      clock.advance("10m");
      await browser.visit(write("n", minutes));
    }
    expect((await browser.open()).expiresAt).toEqual(end);
    expect((await browser.look()).isNew).toBe(false);
    clock.advance("10m");
    const session = await browser.manager.open(cookie);
    expect([session.isNew, session.data, session.id]).toEqual([true, {}, undefined]);
    expect(browser.cookie).toBeUndefined();
  });

  it("starts anew with a login, not with a regeneration", async () => {
    const browser = start({ idleTimeout: "1d" });
    await browser.visit(write("a", 1));
    clock.advance("20h");
    await browser.visit((session) => session.regenerate());
    expect((await browser.open()).expiresAt).toEqual(new Date(Date.now() + 240 * MINUTE));
    const headers = await browser.visit((session) => session.login("alice"));
    expect(setCookies(headers)[0]).toContain("; Max-Age=86400;");
    const session = await browser.open();
    expect([session.authenticatedAt, session.expiresAt]).toEqual([
      new Date(Date.now()),
      new Date(Date.now() + 1440 * MINUTE),
    ]);
    expect(session.createdAt).toEqual(new Date(Date.now() - 1200 * MINUTE));
  });

  it("a record past it is missing to get, list and revoke as well, and is removed by the next write", async () => {
    const { store, calls } = recordingStore();
    const browser = new Visitor(createSessionManager({ store, idleTimeout: "1d", lifetime: "1d" }));
    await browser.visit((session) => session.login("alice"));
    const { id = "" } = await browser.open();
    const cookie = browser.cookie;
    clock.advance("23h");
    await browser.manager.open(cookie);
    clock.advance("2h");
    expect(await browser.manager.get(id)).toBeUndefined();
    for await (const info of browser.manager.list({ subject: "alice" })) expect.unreachable(info.id);
    calls.length = 0;
    const session = await browser.manager.open(cookie);
    expect(session.isNew).toBe(true);
    await browser.manager.commit(session);
    expect(calls).toEqual(["read", "delete"]);
  });

  it("shortened by a new release counts for those that exist", async () => {
    const store = memoryStore();
    const browser = start({ store });
    await browser.visit(write("a", 1));
    clock.advance("61m");
    expect((await browser.fork(createSessionManager({ store, lifetime: "1h" })).look()).isNew).toBe(true);
  });
});

describe("a clock that jumps", () => {
  it("never makes a session live beyond its end, nor one that is used die before it", async () => {
    const jump = fc.integer({ min: 1, max: 200 });
    await fc.assert(
      fc.asyncProperty(fc.array(jump, { maxLength: 20 }), fc.boolean(), async (minutes, inCookie) => {
        const options: SessionOptions = inCookie ? { secret: SECRET } : { store: memoryStore() };
        const browser = new Visitor(createSessionManager({ idleTimeout: "100m", lifetime: "1000m", ...options }));
        await browser.visit(write("a", 1));
        let cookie = browser.cookie;
        let [age, alive] = [0, true];
        for (const pause of minutes) {
          clock.advance(pause * 60);
          age += pause;
          const session = await browser.manager.open(cookie);
          const found = !session.isNew;
          // A use renews only once a tenth of the timeout has passed: so it may end that much earlier.
          if (pause < 90 && age < 1000) expect(found).toBe(alive);
          if (pause >= 100 || age >= 1000) expect(found).toBe(false);
          if (!alive) expect(found).toBe(false);
          alive = found;
          const [line] = setCookies(await browser.manager.commit(session));
          cookie = line?.split(";")[0] ?? cookie;
        }
      }),
      { numRuns: 150 },
    );
  });

  it("set back harms nobody", async () => {
    const browser = start();
    await browser.visit((session) => session.login("alice"));
    clock.set(new Date("2029-12-31T00:00:00Z"));
    expect((await browser.look()).subject).toBe("alice");
    await browser.visit(write("a", 1));
    await browser.visit((session) => session.logout());
    expect(browser.cookie).toBeUndefined();
  });
});

describe("rotation of the secret that signs tokens", () => {
  it("sets the cookie again when the session is looked at, for the time that is left", async () => {
    const store = memoryStore();
    const browser = start({ store, secret: OLD_SECRET });
    await browser.visit(write("a", 1));
    clock.advance("60m");
    const rotated = browser.fork(start({ store, secret: [SECRET, OLD_SECRET] }).manager);
    const { id } = await rotated.open();
    expect(await rotated.commit(await rotated.open())).toEqual([]);
    const headers = await rotated.visit((_session, data) => expect(data.a).toBe(1));
    expect(setCookies(headers)[0]).toContain(`; Max-Age=${23 * 3600};`);
    const fresh = rotated.fork(start({ store, secret: SECRET }).manager);
    expect(await fresh.look()).toMatchObject({ data: { a: 1 }, id });
    expect(setCookies(await fresh.visit((_session, data) => data.a))).toEqual([]);
  });

  it("a token under a removed secret costs no store call", async () => {
    const { store, calls } = recordingStore();
    const browser = start({ store, secret: OLD_SECRET });
    await browser.visit(write("a", 1));
    calls.length = 0;
    expect((await browser.fork(start({ store, secret: SECRET }).manager).look()).isNew).toBe(true);
    expect(calls).toEqual([]);
  });
});
