import { describe, expect, it } from "vitest";
import { createSessionManager, type Session, type SessionEvent, type SessionOptions } from "../../src/index.ts";
import { recordingStore, SECRET } from "./lib/stores.ts";
import { dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

type Kind = "unsigned" | "signed" | "lazy" | "sealed";

async function start(kind: Kind) {
  const { store, calls } = recordingStore();
  const events: SessionEvent[] = [];
  const options: Record<Kind, SessionOptions> = {
    unsigned: { store },
    signed: { store, secret: SECRET },
    lazy: { store, secret: SECRET, lazy: true },
    sealed: { secret: SECRET },
  };
  const manager = createSessionManager({ ...options[kind], onEvent: (event) => void events.push(event) });
  const cookieOf = async (subject: string): Promise<string> => {
    const browser = new Visitor(manager);
    await browser.visit((session) => session.login(subject));
    return browser.cookie ?? "";
  };
  const [alice, bob] = [await cookieOf("alice"), await cookieOf("bob")];
  calls.length = 0;
  events.length = 0;
  const open = async (...cookies: string[]): Promise<Session> => {
    const session = await manager.open(cookies.join("; "));
    await session.load();
    return session;
  };
  return { manager, open, alice, bob, calls, events };
}

const UNKNOWN = `session=${"A".repeat(43)}`;
const KINDS: Kind[] = ["unsigned", "signed", "lazy", "sealed"];

describe.each(KINDS)("two cookies of the name, %s", (kind) => {
  it("that are the same are one", async () => {
    const { open, alice, events } = await start(kind);
    expect((await open(alice, alice)).subject).toBe("alice");
    expect(events).toEqual([]);
  });

  it.each([
    ["junk", "session=x"],
    ["an empty one", "session="],
    ["one that leads nowhere", UNKNOWN],
  ])("%s beside the genuine one: that counts, in any order", async (_name, junk) => {
    const { manager, open, alice, events } = await start(kind);
    for (const cookies of [
      [junk, alice],
      [alice, junk],
    ]) {
      events.length = 0;
      const session = await open(...cookies);
      expect(session.subject).toBe("alice");
      expect(events).toContainEqual({ type: "duplicate-cookie", resolved: true });
      expect(setCookies(await manager.commit(session))).toEqual([]);
    }
  });

  it("both genuine: neither counts, and no cookie is set", async () => {
    const { manager, open, alice, bob, events } = await start(kind);
    for (const cookies of [
      [alice, bob],
      [bob, alice],
    ]) {
      events.length = 0;
      const session = await open(...cookies);
      expect([session.subject, dataOf(session), session.isNew]).toEqual([undefined, {}, true]);
      dataOf(session).a = 1;
      session.logout();
      session.flash("x");
      expect(setCookies(await manager.commit(session))).toEqual([]);
      expect(events).toContainEqual({ type: "duplicate-cookie", resolved: false });
      expect(events).toContainEqual(expect.objectContaining({ type: "gone" }));
    }
    expect((await open(alice)).subject).toBe("alice");
    expect((await open(bob)).subject).toBe("bob");
  });

  it("both genuine: a login is a session of its own", async () => {
    const { manager, open, alice, bob } = await start(kind);
    const session = await open(alice, bob);
    session.login("carol");
    const [line = ""] = setCookies(await manager.commit(session));
    expect((await open(line.split(";")[0] ?? "")).subject).toBe("carol");
    expect((await open(alice)).subject).toBe("alice");
  });
});

describe("unsigned tokens", () => {
  it("are told apart with two reads at most", async () => {
    const { open, alice, bob, calls } = await start("unsigned");
    expect((await open(UNKNOWN, alice)).subject).toBe("alice");
    expect(calls).toEqual(["read", "read"]);
    calls.length = 0;
    expect((await open(UNKNOWN, alice, bob)).isNew).toBe(true);
    expect((await open(UNKNOWN, `session=${"B".repeat(43)}`, `session=${"C".repeat(43)}`, alice)).isNew).toBe(true);
    expect(calls).toEqual([]);
  });

  it("a retired one beside an unknown one sets no cookie either", async () => {
    const { manager, open, alice } = await start("unsigned");
    const session = await open(alice);
    session.logout();
    await manager.commit(session);
    const stale = await open(alice, UNKNOWN);
    dataOf(stale).a = 1;
    expect(setCookies(await manager.commit(stale))).toEqual([]);
  });
});

describe("signed tokens", () => {
  it("are told apart without a read", async () => {
    const { open, alice, bob, calls } = await start("signed");
    await open(alice, bob);
    expect(calls).toEqual([]);
    await open(alice, UNKNOWN, "session=x", "session=y");
    expect(calls).toEqual(["read"]);
  });

  it("a thousand cookies are no trouble", async () => {
    const { manager, alice, calls } = await start("signed");
    const many = Array.from({ length: 1000 }, (_, index) => `session=${index}`);
    expect((await manager.open([...many, alice].join("; "))).isNew).toBe(true);
    expect(calls).toEqual([]);
    const others = Array.from({ length: 1000 }, (_, index) => `c${index}=${index}`);
    expect((await manager.open([...others, alice].join("; "))).subject).toBe("alice");
  });
});

describe("another cookie", () => {
  it("of a name that only looks alike doesn't count", async () => {
    const { manager, alice } = await start("signed");
    const value = alice.slice("session=".length);
    for (const name of [
      "Session",
      "session2",
      "xsession",
      "\u00a0session",
      "session\u2003",
      "__proto__",
      '"session"',
    ]) {
      expect((await manager.open(`${name}=${value}`)).isNew).toBe(true);
    }
    await new Visitor(manager).visit(write("a", 1));
  });
});
