import { inspect, types } from "node:util";
import { describe, expect, it } from "vitest";
import {
  createSessionManager,
  getSession,
  type Session,
  SessionError,
  session,
  tryGetSession,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { SECRET } from "./lib/stores.ts";
import { type Data, dataOf } from "./lib/visitor.ts";

const current = session as Data;
const manager = createSessionManager({ secret: SECRET });
const NO_SESSION = expect.objectContaining({ code: "ERR_NO_SESSION", constructor: SessionError });

async function within<T>(act: (mine: Session) => T): Promise<T> {
  const mine = await manager.open(null);
  Object.assign(mine.data, { a: 1, b: { list: [1] } });
  return manager.run(mine, () => act(mine));
}

describe("outside a request", () => {
  it.each<[string, () => unknown]>([
    ["getSession()", () => getSession()],
    ["getSession(manager)", () => getSession(manager)],
    ["reading", () => current.a],
    ["writing", () => Object.assign(current, { a: 1 })],
    ["in", () => "a" in current],
    ["delete", () => delete current.a],
    ["keys", () => Object.keys(current)],
    ["spreading", () => ({ ...current })],
    ["JSON", () => JSON.stringify(current)],
    ["defineProperty", () => Object.defineProperty(current, "a", { value: 1 })],
    ["hasOwn", () => Object.hasOwn(current, "a")],
  ])("%s is ERR_NO_SESSION", (_name, act) => {
    expect(act).toThrow(NO_SESSION);
  });

  it("tryGetSession is undefined, and the import prints as what it is", () => {
    expect(tryGetSession()).toBeUndefined();
    expect(inspect(session)).toBe("[session: outside a request]");
    expect(types.isProxy(session)).toBe(true);
  });
});

describe("another manager's session", () => {
  it("is refused by run and commit: its cookie and its store are others", async () => {
    const other = createSessionManager({ secret: SECRET });
    const foreign = await other.open(null);
    expect(() => manager.run(foreign, () => 1)).toThrow(TypeError);
    await expect(manager.commit(foreign)).rejects.toThrow(TypeError);
  });
});

describe("the import", () => {
  it("prints, spreads, serialises and enumerates as the data do", () =>
    within((mine) => {
      expect(inspect(session)).toBe("{ a: 1, b: { list: [ 1 ] } }");
      expect(inspect({ session })).toBe(inspect({ session: mine.data }));
      expect({ ...current }).toEqual(mine.data);
      expect(JSON.stringify(current)).toBe('{"a":1,"b":{"list":[1]}}');
      expect([Object.keys(current), Object.entries(current).length]).toEqual([["a", "b"], 2]);
      expect(["a" in current, "x" in current, Object.hasOwn(current, "a")]).toEqual([true, false, true]);
      const seen: string[] = [];
      for (const key in current) seen.push(key);
      expect(seen).toEqual(["a", "b"]);
      expect(Object.getPrototypeOf(current)).toBe(Object.prototype);
      expect(current).toEqual(mine.data);
    }));

  it("writes through", () =>
    within((mine) => {
      current.a = 2;
      current["x"] = 3;
      delete current.b;
      Object.assign(current, { n: 1 });
      Object.defineProperty(current, "y", { value: 4, enumerable: true, writable: true, configurable: true });
      Object.defineProperty(current, "z", { value: 5, enumerable: true });
      expect(mine.data).toEqual({ a: 2, x: 3, n: 1, y: 4, z: 5 });
      expect(Object.getOwnPropertyDescriptor(current, "a")).toMatchObject({ value: 2, configurable: true });
    }));

  it("can't be frozen, sealed, or given another prototype", () =>
    within((mine) => {
      for (const freeze of [Object.freeze, Object.seal, Object.preventExtensions]) {
        expect(() => freeze(session)).toThrow(TypeError);
      }
      expect(() => Object.setPrototypeOf(session, { admin: true })).toThrow(TypeError);
      expect(Reflect.setPrototypeOf(session, { admin: true })).toBe(false);
      expect(Object.isFrozen(mine.data)).toBe(false);
      expect(Object.getPrototypeOf(mine.data)).toBe(Object.prototype);
    }));

  it("takes no prototype by assignment either", () =>
    within((mine) => {
      Reflect.set(session, "__proto__", { admin: true });
      expect(current["admin"]).toBeUndefined();
      expect(Object.getPrototypeOf(mine.data)).toBe(Object.prototype);
    }));

  it("shows the same data as the handle and the property", () =>
    within((mine) => {
      expect(getSession()).toBe(mine);
      expect(getSession().data).toBe(mine.data);
      expect(getSession().data).toBe(mine.data);
    }));
});

describe("the current request", () => {
  it("is found after await, in timers and in events", () =>
    within(async (mine) => {
      await Promise.resolve();
      expect(getSession()).toBe(mine);
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
      expect(getSession()).toBe(mine);
      expect(await new Promise((resolve) => setImmediate(() => resolve(tryGetSession())))).toBe(mine);
    }));

  it("is never another's, under 200 at once", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const mine = await manager.open(null);
        return manager.run(mine, async () => {
          current.n = index;
          await new Promise((resolve) => setTimeout(resolve, index % 7));
          await Promise.resolve();
          return current.n === index && getSession() === mine;
        });
      }),
    );
    expect(outcomes.every(Boolean)).toBe(true);
  });

  it("with two managers the innermost counts, and either is reached by name", async () => {
    const inner = createSessionManager({ store: memoryStore() });
    const [outerSession, innerSession] = [await manager.open(null), await inner.open(null)];
    manager.run(outerSession, () => {
      inner.run(innerSession, () => {
        current.a = "inner";
        dataOf(getSession(manager)).a = "outer";
        expect([getSession(), getSession(inner), getSession(manager)]).toEqual([
          innerSession,
          innerSession,
          outerSession,
        ]);
        expect(tryGetSession(createSessionManager({ secret: SECRET }))).toBeUndefined();
        expect(() => getSession(createSessionManager({ secret: SECRET }))).toThrow(NO_SESSION);
      });
      expect(getSession()).toBe(outerSession);
      expect(tryGetSession(inner)).toBeUndefined();
    });
    expect([dataOf(innerSession).a, dataOf(outerSession).a]).toEqual(["inner", "outer"]);
  });

  it("run gives back what fn returns, and lets pass what it throws", async () => {
    const mine = await manager.open(null);
    expect(manager.run(mine, () => 7)).toBe(7);
    expect(() =>
      manager.run(mine, () => {
        throw new RangeError("x");
      }),
    ).toThrow(RangeError);
  });

  it("run and commit take what open returned, and nothing else", async () => {
    const fake = { data: {} } as unknown as Session;
    expect(() => manager.run(fake, () => 1)).toThrow(TypeError);
    await expect(manager.commit(fake)).rejects.toThrow(TypeError);
  });
});
