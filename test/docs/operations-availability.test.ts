import { describe, expect, it } from "vitest";
import { createSessionManager, type SessionOptions } from "../../src/index.ts";
import { cached } from "../../src/stores/cached.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { withMethods } from "../core/lib/stores.ts";
import { Visitor, write } from "../core/lib/visitor.ts";

/** A store that can be taken away, and a visitor who has a session in it. */
async function start(options: Partial<SessionOptions> = {}) {
  const inner = memoryStore();
  let isDown = false;
  const over =
    <A extends unknown[], T>(method: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> =>
      isDown ? Promise.reject(new Error("down")) : method(...args);
  const store = withMethods(inner, {
    create: over((...args) => inner.create(...args)),
    read: over((...args) => inner.read(...args)),
    replace: over((...args) => inner.replace(...args)),
    delete: over((...args) => inner.delete(...args)),
  });
  const browser = new Visitor(createSessionManager({ store, ...options }));
  await browser.visit((session) => session.login("alice"));
  const setDown = (down: boolean) => {
    isDown = down;
  };
  return { store, browser, setDown };
}

const OUT = { code: "ERR_STORE", status: 503 };

describe("a store that is away", () => {
  it("by default: 503, also for who doesn't look; and the session is there again afterwards", async () => {
    const { browser, setDown } = await start();
    setDown(true);
    await expect(browser.open()).rejects.toMatchObject(OUT);
    setDown(false);
    expect((await browser.look()).subject).toBe("alice");
  });

  it("lazy: who doesn't look is served", async () => {
    const { browser, setDown } = await start({ lazy: true });
    setDown(true);
    expect(await browser.commit(await browser.open())).toEqual([]);
    await expect((await browser.open()).load()).rejects.toMatchObject(OUT);
  });

  it("anonymous: served without data, the cookie left alone, writing refused", async () => {
    const { browser, setDown } = await start({ onStoreError: "anonymous" });
    setDown(true);
    const session = await browser.open();
    expect([session.subject, session.data]).toEqual([undefined, {}]);
    expect((await browser.commit(session)).filter(([name]) => name === "Set-Cookie")).toEqual([]);
    const other = await browser.open();
    expect(() => other.login("alice")).toThrow(expect.objectContaining(OUT));
    setDown(false);
    expect((await browser.look()).subject).toBe("alice");
  });

  it("behind a cache: reads go on while the answer is young, writes don't", async () => {
    const { store, setDown, browser } = await start();
    const manager = createSessionManager({ store: cached({ cache: memoryStore(), store, for: "1m" }) });
    const cachedBrowser = browser.fork(manager);
    expect((await cachedBrowser.look()).subject).toBe("alice");
    setDown(true);
    expect((await cachedBrowser.look()).subject).toBe("alice");
    await expect(cachedBrowser.visit(write("a", 1))).rejects.toMatchObject(OUT);
  });
});
