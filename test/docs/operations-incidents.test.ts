import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionEvent, type SessionManager, type Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { listOf, OLD_SECRET, SECRET } from "../core/lib/stores.ts";
import { setCookies, Visitor, write } from "../core/lib/visitor.ts";

const signIn = async (manager: SessionManager, user = "alice"): Promise<Visitor> => {
  const browser = new Visitor(manager);
  await browser.visit((session) => session.login(user));
  return browser;
};

const subjectOf = async (browser: Visitor): Promise<string | undefined> => (await browser.look()).subject;

const keepers = [
  ["a store", (): { store?: Store } => ({ store: memoryStore() })],
  ["the cookie", (): { store?: Store } => ({})],
] as const;

describe.each(keepers)("a leaked secret, sessions in %s", (_name, keeper) => {
  it("in front of the old one, the new secret signs nobody out, and takes over as sessions are looked at", async () => {
    const where = keeper();
    const browser = await signIn(createSessionManager({ ...where, secret: OLD_SECRET }));
    const rotating = browser.fork(createSessionManager({ ...where, secret: [SECRET, OLD_SECRET] }));
    expect(setCookies(await rotating.visit((session) => expect(session.subject).toBe("alice")))).toHaveLength(1);
    const later = rotating.fork(createSessionManager({ ...where, secret: SECRET }));
    expect(await subjectOf(later)).toBe("alice");
    // Who wasn't there meanwhile signs in again.
    expect(await subjectOf(browser.fork(createSessionManager({ ...where, secret: SECRET })))).toBeUndefined();
  });

  it("servers that are released one after the other need a step in which all read both", async () => {
    const where = keeper();
    const server = (secret: string[]) => createSessionManager({ ...where, secret });
    const browser = await signIn(server([OLD_SECRET]));
    for (const secret of [
      [OLD_SECRET, SECRET],
      [SECRET, OLD_SECRET],
    ]) {
      const before = browser.fork(server(secret));
      await before.visit((session) => session.subject);
      expect(await subjectOf(before.fork(server([OLD_SECRET, SECRET])))).toBe("alice");
    }
    const signedAnew = browser.fork(server([SECRET, OLD_SECRET]));
    await signedAnew.visit((session) => session.subject);
    expect(await subjectOf(signedAnew.fork(server([OLD_SECRET])))).toBeUndefined();
  });

  it("in the place of the old one, the new secret signs everybody out at once", async () => {
    const where = keeper();
    const browser = await signIn(createSessionManager({ ...where, secret: OLD_SECRET }));
    const events: SessionEvent[] = [];
    const onEvent = (event: SessionEvent) => void events.push(event);
    expect(await subjectOf(browser.fork(createSessionManager({ ...where, secret: SECRET, onEvent })))).toBeUndefined();
    expect(events).toEqual([{ type: "forged" }]);
  });
});

describe("who has the secret", () => {
  it("makes a session for anybody where they are in the cookie", async () => {
    const forger = await signIn(createSessionManager({ secret: SECRET }), "mallory's choice");
    expect(await subjectOf(forger.fork(createSessionManager({ secret: SECRET })))).toBe("mallory's choice");
  });

  it("opens nothing where they are in a store: what they sign, that doesn't know", async () => {
    const manager = createSessionManager({ store: memoryStore(), secret: SECRET });
    await signIn(manager);
    const forger = await signIn(createSessionManager({ store: memoryStore(), secret: SECRET }));
    expect(await subjectOf(forger.fork(manager))).toBeUndefined();
  });
});

describe("a leaked store", () => {
  it.each([
    ["opens nothing where ids are hashed", {}, undefined],
    ["opens sessions where they aren't", { hashIds: false }, "alice"],
    ["opens nothing where they aren't, but are signed", { hashIds: false, secret: SECRET }, undefined],
  ] as const)("%s", async (_what, options, opened) => {
    const store = memoryStore();
    const manager = createSessionManager({ store, ...options });
    await signIn(manager);
    const dump: string[] = [];
    for await (const { id } of listOf(store)({})) dump.push(id);
    expect(dump).toHaveLength(1);
    expect((await manager.open(`session=${dump[0]}`)).subject).toBe(opened);
  });
});

describe("a restored backup", () => {
  it("brings back what was ended since, unless all is ended, or the secret is another", async () => {
    const store = memoryStore();
    const manager = createSessionManager({ store, secret: OLD_SECRET });
    const browser = await signIn(manager);
    const stolen = browser.fork();
    const backup: Parameters<Store["create"]>[] = [];
    const end = new Date(Date.now() + 60_000);
    for await (const { id, payload } of listOf(store)({}))
      backup.push([id, payload, { expiresAt: end, endsAt: end, subject: "alice" }]);
    await manager.revokeAll("alice");
    expect(await subjectOf(stolen)).toBeUndefined();

    for (const record of backup) await store.create(...record);
    expect(await subjectOf(stolen)).toBe("alice");
    expect(await subjectOf(stolen.fork(createSessionManager({ store, secret: SECRET })))).toBeUndefined();
    for await (const { id } of manager.list()) await manager.revoke(id);
    expect(await subjectOf(stolen)).toBeUndefined();
  });
});

describe("a record that can't be read", () => {
  it("stays as it is, and what its visitor writes goes under a new token", async () => {
    const store = memoryStore();
    const events: SessionEvent[] = [];
    const manager = createSessionManager({ store, onEvent: (event) => void events.push(event) });
    const browser = await signIn(manager);
    const before = browser.cookie;
    const end = new Date(Date.now() + 60_000);
    const garbage = new TextEncoder().encode("not a record");
    const id = (await browser.look()).id ?? "";
    const version = (await store.read(id))?.version;
    expect(await store.replace(id, garbage, version, { expiresAt: end, endsAt: end })).toBe("ok");
    await browser.visit(write("a", 1));
    expect(events.map(({ type }) => type)).toContain("undecodable");
    expect(browser.cookie).not.toBe(before);
    expect((await browser.look()).data).toEqual({ a: 1 });
    expect((await store.read(id))?.payload).toEqual(garbage);
  });
});

describe("a clock that was ahead", () => {
  async function endFromFuture(manager: SessionManager): Promise<number> {
    let ended = 0;
    for await (const { id, createdAt, authenticatedAt } of manager.list()) {
      const began = authenticatedAt ?? createdAt;
      if (began !== undefined && began.getTime() > Date.now() && (await manager.revoke(id))) ended++;
    }
    return ended;
  }

  it("leaves sessions that live too long, which can be found and ended", async () => {
    const clock = settableClock(new Date("2030-01-01T00:00:00Z"));
    try {
      const manager = createSessionManager({ store: memoryStore(), lifetime: "1d", idleTimeout: "1d" });
      clock.advance("30d");
      const ahead = await signIn(manager);
      const anonymous = new Visitor(manager);
      await anonymous.visit(write("a", 1));
      clock.set(new Date("2030-01-01T01:00:00Z"));
      const honest = await signIn(manager);
      expect(Number((await ahead.open()).expiresAt) - Date.now()).toBeGreaterThan(29 * 86_400_000);
      expect(await endFromFuture(manager)).toBe(2);
      expect(await Promise.all([honest, ahead].map(subjectOf))).toEqual(["alice", undefined]);
      expect((await anonymous.look()).isNew).toBe(true);
    } finally {
      clock.restore();
    }
  });
});
