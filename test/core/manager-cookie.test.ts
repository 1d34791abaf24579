import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionEvent, type SessionOptions } from "../../src/index.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { OLD_SECRET, SECRET } from "./lib/stores.ts";
import { setCookies, Visitor, write } from "./lib/visitor.ts";

const make = (options: SessionOptions = {}) => createSessionManager({ secret: SECRET, ...options });

describe("sessions in the cookie", () => {
  it("show nothing of their content", async () => {
    const browser = new Visitor(make());
    await browser.visit((session) => session.login("alice"));
    expect(Buffer.from(browser.cookie ?? "", "base64url").toString("latin1")).not.toContain("alice");
    expect(browser.cookie).not.toContain("alice");
  });

  it("have no id, and are sent again only when changed", async () => {
    const browser = new Visitor(make());
    const first = await browser.visit(write("a", 1));
    expect(setCookies(first)[0]).toMatch(/^session=[\w-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect(await browser.visit((session, data) => [session.id, data.a])).toEqual([["Vary", "Cookie"]]);
    expect(await browser.commit(await browser.open())).toEqual([]);
    expect((await browser.look()).id).toBeUndefined();
    expect(setCookies(await browser.visit(write("a", 2)))).toHaveLength(1);
  });

  it("are renewed when looked at, once a tenth of the idle timeout has passed", async () => {
    const clock = settableClock();
    try {
      const browser = new Visitor(make({ idleTimeout: "100m", lifetime: "1d" }));
      await browser.visit(write("a", 1));
      clock.advance("9m");
      expect(setCookies(await browser.visit((_session, data) => data.a))).toEqual([]);
      clock.advance("2m");
      expect(setCookies(await browser.commit(await browser.open()))).toEqual([]);
      expect(setCookies(await browser.visit((_session, data) => data.a))).toHaveLength(1);
      clock.advance("99m");
      expect((await browser.look()).data).toEqual({ a: 1 });
    } finally {
      clock.restore();
    }
  });

  it("end by themselves: idle, and at the absolute end, whatever the browser keeps", async () => {
    const clock = settableClock();
    try {
      const events: SessionEvent[] = [];
      const manager = make({ idleTimeout: "1h", lifetime: "3h", onEvent: (event) => void events.push(event) });
      const browser = new Visitor(manager);
      await browser.visit(write("a", 1));
      const cookie = browser.cookie;
      clock.advance("1h");
      expect((await manager.open(cookie)).data).toEqual({});
      expect(events.at(-1)).toEqual({ type: "expired" });

      await browser.visit(write("a", 1));
      for (let minutes = 0; minutes < 165; minutes += 55) {
        clock.advance("55m");
        await browser.visit((_session, data) => expect(data.a).toBe(1));
      }
      clock.advance("20m");
      expect((await browser.look()).isNew).toBe(true);
    } finally {
      clock.restore();
    }
  });

  it("a stale copy works until it ends: they can't be revoked", async () => {
    const browser = new Visitor(make());
    await browser.visit(write("a", 1));
    const copy = browser.fork();
    await browser.visit((session) => session.logout());
    expect(browser.cookie).toBeUndefined();
    expect((await copy.look()).data).toEqual({ a: 1 });
  });

  it("longer than browsers keep is ERR_TOO_LARGE, says how large, and names the stores", async () => {
    const browser = new Visitor(make());
    await browser.visit(write("a", 1));
    const attempt = browser.visit(write("a", "x".repeat(4000)));
    await expect(attempt).rejects.toMatchObject({ code: "ERR_TOO_LARGE", status: 500 });
    await expect(attempt).rejects.toThrow(/5\d\d\d bytes.*4096.*dewar\/stores\/sqlite.*dewar\/stores\/redis/);
    expect((await browser.look()).data).toEqual({ a: 1 });
  });

  it("are kept up to exactly 4096 bytes of name and value", async () => {
    let longest = 0;
    for (let length = 2900; length < 3100; length++) {
      const browser = new Visitor(make());
      try {
        await browser.visit(write("a", "x".repeat(length)));
      } catch {
        break;
      }
      longest = (browser.cookie ?? "").length - 1;
      expect((await browser.look()).data.a).toHaveLength(length);
    }
    expect(longest).toBeGreaterThan(4092);
    expect(longest).toBeLessThanOrEqual(4096);
  });

  it("maxBytes is obeyed too", async () => {
    const browser = new Visitor(make({ maxBytes: 200 }));
    await expect(browser.visit(write("a", "x".repeat(200)))).rejects.toMatchObject({ code: "ERR_TOO_LARGE" });
  });

  it("under an old secret are read, and set again under the first when looked at", async () => {
    const browser = new Visitor(make({ secret: OLD_SECRET }));
    await browser.visit(write("a", 1));
    const rotated = browser.fork(make({ secret: [SECRET, OLD_SECRET] }));
    expect(await rotated.commit(await rotated.open())).toEqual([]);
    expect(setCookies(await rotated.visit((_session, data) => expect(data.a).toBe(1)))).toHaveLength(1);
    expect(setCookies(await rotated.visit((_session, data) => data.a))).toEqual([]);
    expect((await rotated.fork(make()).look()).data).toEqual({ a: 1 });
  });

  it("under a secret that was removed are as no session", async () => {
    const events: SessionEvent[] = [];
    const browser = new Visitor(make({ secret: OLD_SECRET }));
    await browser.visit(write("a", 1));
    const removed = browser.fork(make({ onEvent: (event) => void events.push(event) }));
    expect(await removed.look()).toMatchObject({ data: {}, isNew: true });
    expect(events).toEqual([{ type: "forged" }]);
  });

  it("made for one cookie are worthless in another", async () => {
    const browser = new Visitor(make());
    await browser.visit(write("a", 1));
    const other = make({ cookie: { name: "other" } });
    expect((await other.open((browser.cookie ?? "").replace("session=", "other="))).isNew).toBe(true);
  });

  it.each([
    ["list", async (manager: ReturnType<typeof make>) => manager.list()[Symbol.asyncIterator]().next()],
    ["get", (manager: ReturnType<typeof make>) => manager.get("x")],
    ["revoke", (manager: ReturnType<typeof make>) => manager.revoke("x")],
    ["revokeAll", (manager: ReturnType<typeof make>) => manager.revokeAll("alice")],
    ["prune", (manager: ReturnType<typeof make>) => manager.prune()],
  ])("%s is ERR_NOT_SUPPORTED", async (_name, call) => {
    await expect(call(make())).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
  });

  it("close does nothing", async () => {
    await expect(make().close()).resolves.toBeUndefined();
  });
});
