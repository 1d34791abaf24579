import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionInfo, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { settableClock } from "../../src/testing/clock.ts";
import { heldStore, listOf, withMethods } from "./lib/stores.ts";
import { Visitor, write } from "./lib/visitor.ts";

async function collect(list: AsyncIterable<SessionInfo>): Promise<SessionInfo[]> {
  const found: SessionInfo[] = [];
  for await (const info of list) found.push(info);
  return found;
}

async function start(options: Partial<SessionOptions> = {}) {
  const store = options.store ?? memoryStore();
  const manager = createSessionManager({ store, ...options });
  const signIn = async (subject: string): Promise<Visitor> => {
    const browser = new Visitor(manager);
    await browser.visit((session, data) => {
      session.login(subject);
      data.a = subject;
    });
    return browser;
  };
  return { store, manager, signIn };
}

const idOf = async (browser: Visitor): Promise<string> => (await browser.look()).id ?? "";

describe.each([
  ["hashed ids", {}],
  ["tokens for ids", { hashIds: false }],
])("with %s", (_name, options) => {
  it("list shows what a page of devices needs", async () => {
    const clock = settableClock(new Date("2030-01-01T00:00:00Z"));
    try {
      const { store, manager, signIn } = await start(options);
      const browser = await signIn("alice");
      clock.advance("1d");
      await browser.open();
      let size: number | undefined;
      for await (const { payload } of listOf(store)({ subject: "alice" })) size = payload.length;
      const [info] = await collect(manager.list({ subject: "alice" }));
      expect(info).toEqual({
        id: await idOf(browser),
        cursor: expect.any(String),
        subject: "alice",
        createdAt: new Date("2030-01-01T00:00:00Z"),
        authenticatedAt: new Date("2030-01-01T00:00:00Z"),
        lastUsedAt: new Date("2030-01-02T00:00:00Z"),
        expiresAt: new Date("2030-01-15T00:00:00Z"),
        permanent: true,
        size,
        data: { a: "alice" },
      });
      expect(await manager.get(info?.id ?? "")).toMatchObject({ id: info?.id, subject: "alice", size });
    } finally {
      clock.restore();
    }
  });

  it("list finds all, or those of one subject, each once, in pages too", async () => {
    const { manager, signIn } = await start(options);
    for (let count = 0; count < 7; count++) await signIn(count % 2 === 0 ? "alice" : "bob");
    await new Visitor(manager).visit(write("a", 1));
    expect(await collect(manager.list())).toHaveLength(8);
    expect(await collect(manager.list({ subject: "bob" }))).toHaveLength(3);
    expect(await collect(manager.list({ subject: "carol" }))).toEqual([]);
    const paged: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 5; page++) {
      const infos = await collect(manager.list({ subject: "alice", limit: 3, ...(after !== undefined && { after }) }));
      paged.push(...infos.map(({ id }) => id));
      after = infos.at(-1)?.cursor ?? after;
    }
    expect(paged).toEqual((await collect(manager.list({ subject: "alice" }))).map(({ id }) => id));
  });

  it("tombstones are not there: not listed, not got, not revoked", async () => {
    const { manager, signIn } = await start(options);
    const browser = await signIn("alice");
    const old = await idOf(browser);
    await browser.visit((session) => session.login("alice"));
    expect(await manager.get(old)).toBeUndefined();
    expect(await manager.revoke(old)).toBe(false);
    expect((await collect(manager.list())).map(({ id }) => id)).toEqual([await idOf(browser)]);
  });

  it("a page is full though dead ones are listed between", async () => {
    const { manager, signIn } = await start(options);
    for (let count = 0; count < 6; count++) {
      const browser = await signIn("alice");
      await browser.visit((session) => session.login("alice"));
    }
    expect(await collect(manager.list({ limit: 5 }))).toHaveLength(5);
    expect(await collect(manager.list({ subject: "alice", limit: 5 }))).toHaveLength(5);
  });

  it("revoke ends one, and tells whether it was there", async () => {
    const { manager, signIn } = await start(options);
    const [one, two] = [await signIn("alice"), await signIn("alice")];
    const id = await idOf(one);
    expect([await manager.revoke(id), await manager.revoke(id)]).toEqual([true, false]);
    expect([(await one.look()).subject, (await two.look()).subject]).toEqual([undefined, "alice"]);
  });

  it("revokeAll ends all of a subject, but the one excepted", async () => {
    const { manager, signIn } = await start(options);
    const [one, two, three, bob] = [
      await signIn("alice"),
      await signIn("alice"),
      await signIn("alice"),
      await signIn("bob"),
    ];
    expect(await manager.revokeAll("alice", { except: await idOf(two) })).toBe(2);
    const subjects = await Promise.all([one, two, three, bob].map(async (browser) => (await browser.look()).subject));
    expect(subjects).toEqual([undefined, "alice", undefined, "bob"]);
    expect(await manager.revokeAll("alice")).toBe(1);
    expect(await manager.revokeAll("alice")).toBe(0);
  });

  it("what is revoked in the middle of a request stays so", async () => {
    const { manager, signIn } = await start(options);
    const browser = await signIn("alice");
    const session = await browser.open();
    Object.assign(session.data, { b: 1 });
    await manager.revokeAll("alice");
    await browser.commit(session);
    expect((await browser.look()).subject).toBeUndefined();
  });

  it.each(["", "x", "é", "../x", "a".repeat(300), "A".repeat(43)])("no session has the id %j", async (id) => {
    const { manager, signIn } = await start(options);
    await signIn("alice");
    expect([await manager.get(id), await manager.revoke(id)]).toEqual([undefined, false]);
  });

  it("a token is no id", async () => {
    const { manager, signIn } = await start(options);
    const browser = await signIn("alice");
    const token = (browser.cookie ?? "").slice("session=".length);
    expect([await manager.get(token), await manager.revoke(token)]).toEqual([undefined, false]);
    expect((await browser.look()).subject).toBe("alice");
  });
});

it("revoke doesn't claim to have ended what moved to a new token meanwhile", async () => {
  const { store, hold } = heldStore("read");
  const manager = createSessionManager({ store });
  const browser = new Visitor(manager);
  await browser.visit((session) => session.login("alice"));
  const id = await idOf(browser);
  const read = hold();
  const revoked = manager.revoke(id);
  await read.reached;
  await browser.visit((session) => session.regenerate());
  read.release();
  expect(await revoked).toBe(false);
  expect((await browser.look()).subject).toBe("alice");
});

describe("revokeAll", () => {
  it.each(["login", "regenerate"] as const)("a session that moves (%s) while it runs does not survive", async (how) => {
    const inner = memoryStore();
    const { manager, signIn } = await start({ store: inner });
    const [first, mover] = [await signIn("alice"), await signIn("alice")];
    let moved = false;
    const store = withMethods(inner, {
      // The move falls between listing the ids and reading what stands under them, as it may in any real store.
      async *list(filter) {
        const ids: string[] = [];
        for await (const { id } of listOf(inner)(filter)) ids.push(id);
        if (!moved) {
          moved = true;
          await mover.visit((session) => (how === "login" ? session.login("alice") : session.regenerate()));
        }
        for (const id of ids) {
          for await (const found of listOf(inner)(filter)) if (found.id === id) yield found;
        }
      },
    });
    const admin = createSessionManager({ store });
    await admin.revokeAll("alice", { except: await idOf(first) });
    expect(moved).toBe(true);
    expect((await mover.look()).subject).toBeUndefined();
    expect((await first.look()).subject).toBe("alice");
    expect(await collect(manager.list({ subject: "alice" }))).toHaveLength(1);
  });

  it("where new ones keep appearing, gives up and says so", async () => {
    const inner = memoryStore();
    const { signIn } = await start({ store: inner });
    let passes = 0;
    const store = withMethods(inner, {
      async *list(filter) {
        passes++;
        await signIn("alice");
        yield* listOf(inner)(filter);
      },
    });
    const admin = createSessionManager({ store });
    await expect(admin.revokeAll("alice")).rejects.toMatchObject({ code: "ERR_STORE", status: 503 });
    expect(passes).toBeLessThan(50);
  });

  it("ignores what is listed under the subject but is somebody else's, or dead", async () => {
    const inner = memoryStore();
    const { signIn } = await start({ store: inner });
    const [alice, bob] = [await signIn("alice"), await signIn("bob")];
    const store = withMethods(inner, { list: () => listOf(inner)({}) });
    const admin = createSessionManager({ store });
    expect((await collect(admin.list({ subject: "alice" }))).map(({ subject }) => subject)).toEqual(["alice"]);
    expect(await admin.revokeAll("alice")).toBe(1);
    expect([(await alice.look()).subject, (await bob.look()).subject]).toEqual([undefined, "bob"]);
  });
});

describe("a store", () => {
  it("that can't list: list and revokeAll are ERR_NOT_SUPPORTED, get and revoke work", async () => {
    const { list: _list, prune: _prune, ...methods } = withMethods(memoryStore(), {});
    const { manager, signIn } = await start({ store: methods });
    const id = await idOf(await signIn("alice"));
    await expect(collect(manager.list())).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
    await expect(manager.revokeAll("alice")).rejects.toMatchObject({ code: "ERR_NOT_SUPPORTED" });
    expect((await manager.get(id))?.subject).toBe("alice");
    expect(await manager.revoke(id)).toBe(true);
    expect(await manager.prune()).toBe(0);
  });

  it.each<[string, () => AsyncIterable<never>]>([
    [
      "fails",
      async function* () {
        yield* (await Promise.reject(new Error("down"))) as never[];
      },
    ],
    [
      "hangs",
      async function* () {
        yield* await new Promise<never[]>(() => undefined);
      },
    ],
  ])("whose listing %s is ERR_STORE within the timeout", async (_name, list) => {
    const store = withMethods(memoryStore(), { list });
    const manager = createSessionManager({ store, storeTimeout: 0.1 });
    await expect(collect(manager.list())).rejects.toMatchObject({ code: "ERR_STORE" });
    await expect(manager.revokeAll("alice")).rejects.toMatchObject({ code: "ERR_STORE" });
  });

  it("whose listing is left early is told so", async () => {
    const inner = memoryStore();
    let closed = false;
    const store = withMethods(inner, {
      async *list(filter) {
        try {
          yield* listOf(inner)(filter);
        } finally {
          closed = true;
        }
      },
    });
    const { manager, signIn } = await start({ store });
    await signIn("alice");
    await signIn("alice");
    for await (const _info of manager.list()) break;
    expect(closed).toBe(true);
  });

  it("is pruned and closed through the manager", async () => {
    const clock = settableClock();
    let closed = 0;
    try {
      const store = withMethods(memoryStore(), { close: async () => void closed++ });
      const { manager, signIn } = await start({ store, idleTimeout: "1h" });
      await signIn("alice");
      expect(await manager.prune()).toBe(0);
      clock.advance("2h");
      expect(await manager.prune()).toBe(1);
      await manager.close();
      expect(closed).toBe(1);
    } finally {
      clock.restore();
    }
  });

  it("whose prune fails is ERR_STORE", async () => {
    const store = withMethods(memoryStore(), { prune: () => Promise.reject(new Error("down")) });
    await expect(createSessionManager({ store }).prune()).rejects.toMatchObject({ code: "ERR_STORE", status: 503 });
  });
});
