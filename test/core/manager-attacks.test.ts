import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { toEngine } from "../../src/core/engine.ts";
import { createSessionManager, type SessionEvent } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { SECRET, withMethods } from "./lib/stores.ts";
import { dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

const ENDED = expect.objectContaining({ code: "ERR_SESSION_ENDED" });

function pairs(headers: [string, string][]): string {
  return setCookies(headers)
    .map((line) => line.split(";")[0])
    .join("; ");
}

async function subjects(manager: ReturnType<typeof createSessionManager>): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const { subject } of manager.list()) found.push(subject);
  return found;
}

describe("two genuine cookies, one of them planted", () => {
  it.each([undefined, SECRET])(
    "a logout after a login is carried out, and a write is kept (secret: %s)",
    async (secret) => {
      const manager = createSessionManager({ store: memoryStore(), ...(secret !== undefined && { secret }) });
      const cookies: string[] = [];
      for (const key of ["a", "b"]) {
        const visitor = new Visitor(manager);
        cookies.push(pairs(await visitor.visit(write(key, 1))));
      }
      const both = cookies.join("; ");
      const mine = await manager.open(both);
      mine.login("user");
      await mine.save();
      dataOf(mine).c = 1;
      await mine.save();
      expect(await subjects(manager)).toContain("user");
      mine.logout();
      expect(setCookies(await manager.commit(mine))[0]).toMatch(/Max-Age=0/);
      expect(await subjects(manager)).not.toContain("user");
    },
  );
});

describe("one handle, used from several places at once", () => {
  it("a save beside its own commit makes no second session", async () => {
    const events: SessionEvent[] = [];
    const engine = toEngine({ store: memoryStore(), onEvent: (event) => events.push(event) });
    const handle = await engine.begin(null);
    void handle.load();
    Object.assign(handle.data, { a: 1 });
    const [headers] = await Promise.all([engine.finish(handle, "headers"), handle.save()]);
    expect(setCookies(headers)).toHaveLength(1);
    expect(events.filter(({ type }) => type === "created")).toHaveLength(1);
  });

  it("a login that fails leaves the old token anonymous, whatever saves run beside it", async () => {
    const store = memoryStore();
    const visitor = new Visitor(createSessionManager({ store }));
    await visitor.visit(write("a", 1));
    // Fails to write tombstones, as a replica that became read-only would.
    const failing = withMethods(store, { replace: () => Promise.reject(new Error("READONLY")) });
    const engine = toEngine({ store: failing });
    const handle = await engine.begin(visitor.cookie);
    void handle.load();
    handle.login("victim");
    const outcomes = await Promise.allSettled([engine.finish(handle, "headers"), handle.save()]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect((await visitor.look()).subject).toBeUndefined();
  });

  it("a commit that failed can't be repeated as if nothing had been", async () => {
    const store = withMethods(memoryStore(), { create: () => Promise.reject(new Error("down")) });
    const manager = createSessionManager({ store });
    const session = await manager.open(null);
    dataOf(session).a = 1;
    await expect(manager.commit(session)).rejects.toMatchObject({ code: "ERR_STORE" });
    await expect(manager.commit(session)).rejects.toEqual(ENDED);
  });
});

describe("update of a session that isn't stored", () => {
  it.each([{ secret: SECRET }, { store: memoryStore() }])(
    "ends in time, even if it waits for itself",
    async (options) => {
      const manager = createSessionManager({ ...options, storeTimeout: 0.1 });
      const session = await manager.open(null);
      const endless = session.update(async () => {
        await sleep(1);
        await session.save();
      });
      await expect(endless).rejects.toMatchObject({ code: "ERR_STORE" });
      await manager.commit(session);
    },
  );

  it.each([{ secret: SECRET }, { store: memoryStore() }])(
    "that fails gives nothing back to somebody else",
    async (options) => {
      const visitor = new Visitor(createSessionManager(options));
      const session = await visitor.open();
      session.login("alice");
      dataOf(session).b = "alice's";
      const failing = session.update(async () => {
        await sleep(5);
        throw new RangeError("no");
      });
      session.logout();
      session.login("bob");
      dataOf(session).c = 1;
      await expect(failing).rejects.toThrow(RangeError);
      await visitor.commit(session);
      expect(await visitor.look()).toMatchObject({ subject: "bob", data: { c: 1 } });
      expect((await visitor.look()).data).not.toHaveProperty("b");
    },
  );
});

describe("what a store says after a fault", () => {
  it("a delete whose answer got lost was a revocation", async () => {
    const inner = memoryStore();
    let calls = 0;
    const store = withMethods(inner, {
      async delete(id) {
        const deleted = await inner.delete(id);
        if (calls++ === 0) throw new Error("connection lost");
        return deleted;
      },
    });
    const visitor = new Visitor(createSessionManager({ store }));
    await visitor.visit((session) => session.login("alice"));
    const { id = "" } = await visitor.look();
    expect(await visitor.manager.revoke(id)).toBe(true);
  });

  it("a writer that waited for one that failed meets no conflict", async () => {
    const visitor = new Visitor(createSessionManager({ store: memoryStore(), onConflict: "reject" }));
    await visitor.visit(write("a", 1));
    const [first, second] = [await visitor.open(), await visitor.open()];
    const failing = first.update(async () => {
      await sleep(20);
      throw new RangeError("no");
    });
    dataOf(second).b = 2;
    await Promise.all([expect(failing).rejects.toThrow(RangeError), visitor.manager.commit(second)]);
    expect((await visitor.look()).data).toEqual({ a: 1, b: 2 });
  });
});

describe("misuse", () => {
  it("an id that is none reaches no other key of the store", async () => {
    const asked: string[] = [];
    const inner = memoryStore();
    const store = withMethods(inner, {
      read(id) {
        asked.push(id);
        return inner.read(id);
      },
    });
    const manager = createSessionManager({ store });
    for (const id of ["admin:x", "§user", "", "a".repeat(44), `${"a".repeat(42)}:`]) {
      expect([await manager.get(id), await manager.revoke(id)]).toEqual([undefined, false]);
    }
    expect(asked).toEqual([]);
  });

  it("a save whose data break meanwhile still owes the cookie of what it stored", async () => {
    const visitor = new Visitor(createSessionManager({ store: memoryStore() }));
    const session = await visitor.open();
    dataOf(session).a = 1;
    const saving = session.save();
    dataOf(session).a = () => 1;
    await expect(saving).rejects.toMatchObject({ code: "ERR_ENCODE" });
    dataOf(session).a = 2;
    await visitor.commit(session);
    expect((await visitor.look()).data).toEqual({ a: 2 });
  });

  it("logout works on data that the application froze", async () => {
    const visitor = new Visitor(createSessionManager({ store: memoryStore() }));
    await visitor.visit((session, data) => {
      session.login("alice");
      data.a = 1;
    });
    const old = visitor.fork();
    await visitor.visit((session, data) => {
      Object.freeze(data);
      session.logout();
    });
    expect(await old.look()).toMatchObject({ data: {}, subject: undefined });
    expect((await visitor.look()).isNew).toBe(true);
  });

  it("an observer whose promise fails is a warning, not the end of the process", async () => {
    const warned = new Promise((resolve) => process.once("warning", resolve));
    const manager = createSessionManager({
      store: memoryStore(),
      onEvent: async () => Promise.reject(new Error("no")),
    });
    await new Visitor(manager).visit(write("a", 1));
    await expect(warned).resolves.toMatchObject({ message: 'onEvent failed on "created": no' });
  });
});
