import { describe, expect, it } from "vitest";
import { type Codec, createSessionManager, type Session } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { gate, OLD_SECRET, recordingStore, SECRET, withMethods } from "./lib/stores.ts";
import { type Data, dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

const update = (session: Session, change: (data: Data) => void | Promise<void>): Promise<void> =>
  session.update((data) => change(data as Data));
const increment = (data: Data) => {
  data.n = (data.n ?? 0) + 1;
};

/** JSON of the data alone, as another program may keep it: it says of two equal writes no longer which was whose. */
const withoutRevision: Codec = {
  encode: ({ data }) => new TextEncoder().encode(JSON.stringify(data)),
  decode: (bytes) => ({ data: JSON.parse(new TextDecoder().decode(bytes)) as Data, permanent: true }),
};

it.each([
  ["of its own", {}],
  ["without a revision", { codec: withoutRevision }],
])("update takes no other process's equal step for its own, in a format %s", async (_name, options) => {
  const store = memoryStore();
  const [one, two] = [createSessionManager({ store, ...options }), createSessionManager({ store, ...options })];
  const browser = new Visitor(one);
  await browser.visit(write("n", 0));
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      [one, two].map((manager) => browser.fork(manager).visit((session) => update(session, increment))),
    );
  }
  expect((await browser.look()).data).toEqual({ n: 40 });
});

describe("update", () => {
  it("reads, changes and stores in one step, and the data at hand follow", async () => {
    const { store, calls } = recordingStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("n", 1));
    calls.length = 0;
    await browser.visit(async (session, data) => {
      await update(session, increment);
      expect(data.n).toBe(2);
    });
    expect(calls).toEqual(["read", "replace"]);
    expect((await browser.look()).data).toEqual({ n: 2 });
  });

  it("changes not saved yet stay on top, and aren't shown to the change", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("n", 1));
    await browser.visit(async (session, data) => {
      data.a = "mine";
      await update(session, (stored) => {
        expect(stored).toEqual({ n: 1 });
        increment(stored);
      });
      expect(data).toEqual({ n: 2, a: "mine" });
    });
    expect((await browser.look()).data).toEqual({ n: 2, a: "mine" });
  });

  it.each([1, 2])("32 at once in %s process(es) lose none", async (processes) => {
    const store = memoryStore();
    const managers = Array.from({ length: processes }, () => createSessionManager({ store, storeTimeout: "10s" }));
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("n", 0));
    await Promise.all(
      Array.from({ length: 32 }, async (_, index) => {
        const mine = browser.fork(managers[index % processes]);
        const session = await mine.open();
        await update(session, increment);
        expect(setCookies(await mine.commit(session))).toEqual([]);
      }),
    );
    expect((await browser.look()).data.n).toBe(32);
  });

  it("200 at once in one process are done within the usual timeout: they queue, and meet no conflict", async () => {
    const { store, calls } = recordingStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("n", 0));
    const sessions = await Promise.all(Array.from({ length: 200 }, () => browser.open()));
    calls.length = 0;
    const outcomes = await Promise.allSettled(sessions.map((session) => update(session, increment)));
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(0);
    expect((await browser.look()).data.n).toBe(200);
    expect(calls.length).toBeLessThanOrEqual(2 * 200 + 1);
  });

  it("several of one request run one after the other", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit((session) => Promise.all(Array.from({ length: 10 }, () => update(session, increment))));
    expect((await browser.look()).data.n).toBe(10);
  });

  it("runs the change again, on what is stored now, after a conflict", async () => {
    const store = memoryStore();
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("n", 1));
    const other = browser.fork(createSessionManager({ store }));
    const seen: unknown[] = [];
    await browser.visit((session) =>
      update(session, async (data) => {
        seen.push(data.n);
        if (seen.length === 1) await other.visit(write("n", 10));
        increment(data);
      }),
    );
    expect(seen).toEqual([1, 10]);
    expect((await browser.look()).data.n).toBe(11);
  });

  it.each([
    ["a live session", true],
    ["a new one", false],
  ])("a change that throws stores nothing, and leaves the data alone: %s", async (_name, live) => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    if (live) await browser.visit(write("a", 1));
    const before = live ? { a: 1 } : {};
    const session = await browser.open();
    const failing = update(session, (data) => {
      data.b = 2;
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(dataOf(session)).toEqual(before);
    await browser.commit(session);
    expect((await browser.look()).data).toEqual(before);
  });

  it("a change that throws blocks nobody", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("n", 1));
    await browser.visit(async (session) => {
      await expect(update(session, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
      await update(session, increment);
    });
    expect((await browser.look()).data.n).toBe(2);
  });

  it("of a session that was ended meanwhile is ERR_SESSION_ENDED", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("n", 1));
    const session = await browser.open();
    const copy = browser.fork();
    await browser.visit((other) => other.logout());
    await expect(update(session, increment)).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
    await copy.commit(session);
    expect((await copy.look()).data).toEqual({});
  });

  it("of a session that is ended while the change runs revives nothing", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("n", 1));
    const session = await browser.open();
    const { id = "" } = session;
    const updating = update(session, async (data) => {
      await browser.manager.revoke(id);
      increment(data);
    });
    await expect(updating).rejects.toMatchObject({ code: "ERR_SESSION_ENDED" });
    expect((await browser.look()).data).toEqual({});
  });

  it("a logout noted before it is carried out first: what it stores is a new session", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit((session, data) => {
      session.login("alice");
      data.n = 5;
    });
    await browser.visit(async (session) => {
      session.logout();
      await update(session, increment);
    });
    expect(await browser.look()).toMatchObject({ data: { n: 1 }, subject: undefined });
  });

  it("that empties the session ends it; what is written then is a new one", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("n", 1));
    const before = browser.cookie;
    await browser.visit(async (session, data) => {
      await update(session, (stored) => {
        delete stored.n;
      });
      data.b = 2;
    });
    expect(browser.cookie).not.toBe(before);
    expect((await browser.look()).data).toEqual({ b: 2 });
  });

  it("that empties the session clears the cookie", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore() }));
    await browser.visit(write("n", 1));
    const headers = await browser.visit((session) =>
      update(session, (stored) => {
        delete stored.n;
      }),
    );
    expect(setCookies(headers)[0]).toMatch(/^session=; Max-Age=0;/);
    expect((await browser.look()).isNew).toBe(true);
  });

  it("of a token signed by an old secret has the cookie set again", async () => {
    const store = memoryStore();
    const browser = new Visitor(createSessionManager({ store, secret: OLD_SECRET }));
    await browser.visit(write("n", 1));
    const rotated = browser.fork(createSessionManager({ store, secret: [SECRET, OLD_SECRET] }));
    expect(setCookies(await rotated.visit((session) => update(session, increment)))).toHaveLength(1);
  });

  it("in the cookie runs on the data at hand", async () => {
    const browser = new Visitor(createSessionManager({ secret: SECRET }));
    await browser.visit((session) => update(session, increment));
    await browser.visit((session) => update(session, increment));
    expect((await browser.look()).data.n).toBe(2);
  });

  it("that takes long keeps no other request waiting beyond storeTimeout", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore(), storeTimeout: 0.1 }));
    await browser.visit(write("n", 1));
    const [slow, quick] = [await browser.open(), await browser.open()];
    const { opened, open: finish } = gate();
    const updating = update(slow, () => opened);
    dataOf(quick).a = 1;
    const waiting = browser.commit(quick).then(
      () => "stored",
      (error: { code: string }) => error.code,
    );
    const patience = new Promise<string>((resolve) => setTimeout(resolve, 1000, "still waiting"));
    expect(["stored", "ERR_STORE"]).toContain(await Promise.race([waiting, patience]));
    finish();
    await Promise.allSettled([updating, waiting]);
  });

  it("that never ends is ERR_STORE, and later requests can write again", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore(), storeTimeout: 0.1 }));
    await browser.visit(write("n", 1));
    const session = await browser.open();
    await expect(update(session, () => new Promise(() => undefined))).rejects.toMatchObject({ code: "ERR_STORE" });
    await browser.visit(write("a", 1));
    expect((await browser.look()).data).toEqual({ n: 1, a: 1 });
  });

  it("within an update of the same session does not wait for itself for ever", async () => {
    const browser = new Visitor(createSessionManager({ store: memoryStore(), storeTimeout: 0.1 }));
    await browser.visit(write("n", 1));
    const session = await browser.open();
    const nested = update(session, async () => {
      await Promise.resolve();
      await update(session, increment);
    });
    await expect(nested).rejects.toMatchObject({ code: "ERR_STORE" });
  });

  it("whose answer was lost is recognised, and not done twice", async () => {
    const inner = memoryStore();
    let lost = 0;
    const store = withMethods(inner, {
      async replace(...args) {
        const outcome = await inner.replace(...args);
        if (lost++ === 0) throw new Error("connection reset");
        return outcome;
      },
    });
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("n", 1));
    await browser.visit((session) => update(session, increment));
    expect([(await browser.look()).data.n, lost]).toEqual([2, 1]);
  });

  it("that was lost on the way is ERR_STORE, and not repeated", async () => {
    const inner = memoryStore();
    let tries = 0;
    const store = withMethods(inner, {
      async replace() {
        tries++;
        throw new Error("connection reset");
      },
    });
    const browser = new Visitor(createSessionManager({ store }));
    await browser.visit(write("n", 1));
    const session = await browser.open();
    await expect(update(session, increment)).rejects.toMatchObject({ code: "ERR_STORE", status: 503 });
    expect([(await browser.look()).data.n, tries]).toEqual([1, 1]);
  });
});
