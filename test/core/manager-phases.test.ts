import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Engine, toEngine } from "../../src/core/engine.ts";
import { session as current, type SessionEvent, type SessionOptions } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { SECRET, withMethods } from "./lib/stores.ts";
import { type Data, dataOf, setCookies, Visitor, write } from "./lib/visitor.ts";

const SENT = expect.objectContaining({ code: "ERR_HEADERS_SENT" });
const CLOSED = expect.objectContaining({ code: "ERR_SESSION_ENDED" });

async function start(options: SessionOptions = { store: memoryStore() }, known = true) {
  const events: SessionEvent[] = [];
  const engine: Engine = toEngine({ onEvent: (event) => void events.push(event), ...options });
  const browser = new Visitor(engine);
  if (known) await browser.visit(write("a", 1));
  const handle = await engine.begin(browser.cookie);
  return { engine, browser, handle, data: () => dataOf(handle), events };
}

describe("headers first, body later", () => {
  it("changes made before are stored with the headers, those made after with the end", async () => {
    const { engine, browser, handle, data } = await start();
    data().a = 2;
    expect(await engine.finish(handle, "headers")).toEqual([["Vary", "Cookie"]]);
    expect((await browser.look()).data).toEqual({ a: 2 });
    data().a = 3;
    expect(await engine.finish(handle, "end")).toEqual([]);
    expect((await browser.look()).data).toEqual({ a: 3 });
  });

  it("save and update store between them", async () => {
    const { engine, browser, handle, data } = await start();
    await engine.finish(handle, "headers");
    data().a = 2;
    await handle.save();
    await handle.update((stored) => void Object.assign(stored, { n: 1 }));
    expect((await browser.look()).data).toEqual({ a: 2, n: 1 });
    await engine.finish(handle, "end");
  });

  it("a logout ends the session, though its cookie stays", async () => {
    const { engine, browser, handle } = await start();
    await engine.finish(handle, "headers");
    handle.logout();
    expect(await engine.finish(handle, "end")).toEqual([]);
    expect(await browser.look()).toMatchObject({ data: {}, isNew: true });
  });

  it("what needs a cookie throws, and changes nothing", async () => {
    const { engine, browser, handle, data } = await start();
    await engine.finish(handle, "headers");
    expect(() => handle.login("alice")).toThrow(SENT);
    expect(() => handle.regenerate()).toThrow(SENT);
    expect(() => Object.assign(handle, { permanent: false })).toThrow(SENT);
    expect(handle.subject).toBeUndefined();
    data().a = 2;
    await engine.finish(handle, "end");
    expect(await browser.look()).toMatchObject({ data: { a: 2 }, subject: undefined });
  });

  it.each<[string, SessionOptions, boolean]>([
    ["a new session", { store: memoryStore() }, false],
    ["a session in the cookie", { secret: SECRET }, true],
  ])("%s can't be written any more", async (_name, options, known) => {
    const { engine, handle, data } = await start(options, known);
    await engine.finish(handle, "headers");
    expect(() => handle.flash("late")).toThrow(SENT);
    expect(() => handle.clear()).toThrow(SENT);
    expect(() => handle.login("alice")).toThrow(SENT);
    expect(() => engine.run(handle, () => Object.assign(current, { a: 2 }))).toThrow(SENT);
    expect(() => Object.assign(data(), { a: 2 })).toThrow(TypeError);
    await expect(handle.update((stored) => void Object.assign(stored, { n: 1 }))).rejects.toThrow(SENT);
    await handle.save();
    expect(await engine.finish(handle, "end")).toEqual([]);
  });

  it("what can't be kept is an event, since the answer has gone", async () => {
    const { engine, handle, data, events } = await start();
    await engine.finish(handle, "headers");
    handle.logout();
    data().a = 2;
    expect(await engine.finish(handle, "end")).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: "lost", error: SENT }));
    expect(events).toContainEqual(expect.objectContaining({ type: "ended" }));
  });

  it.each([
    ["a store that fails", "ERR_STORE", 2],
    ["what can't be encoded", "ERR_ENCODE", () => 1],
  ])("%s at the end is an event", async (_name, code, value) => {
    const inner = memoryStore();
    const store = withMethods(inner, { replace: () => Promise.reject(new Error("down")) });
    const { engine, handle, data, events } = await start({ store });
    await engine.finish(handle, "headers");
    data().a = value;
    expect(await engine.finish(handle, "end")).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: "lost", error: expect.objectContaining({ code }) }));
  });

  it("a second end does nothing", async () => {
    const { engine, handle, data, events } = await start();
    await engine.finish(handle, "headers");
    data().a = 2;
    await engine.finish(handle, "end");
    events.length = 0;
    expect([await engine.finish(handle, "end"), await engine.finish(handle, "response"), events]).toEqual([[], [], []]);
  });
});

describe("a request that fails", () => {
  it("stores nothing, and sets no cookie", async () => {
    const { engine, browser, handle, data } = await start();
    data().a = 2;
    handle.login("mallory");
    expect(setCookies(await engine.finish(handle, "failed"))).toEqual([]);
    expect(await browser.look()).toMatchObject({ data: { a: 1 }, subject: undefined });
  });

  it.each<[string, SessionOptions]>([
    ["in a store", { store: memoryStore() }],
    ["in the cookie", { secret: SECRET }],
  ])("sends the cookie that a save owes, without what came after it: kept %s", async (_name, options) => {
    const { engine, browser, handle, data } = await start(options, false);
    data().a = 1;
    await handle.save();
    data().b = 2;
    handle.login("mallory");
    const headers = await engine.finish(handle, "failed");
    expect(setCookies(headers)).toHaveLength(1);
    browser.receive(headers);
    expect(await browser.look()).toMatchObject({ data: { a: 1 }, subject: undefined });
  });

  it("after a save, with something that can't be encoded: the owed cookie goes out all the same", async () => {
    const { engine, handle, data } = await start({ secret: SECRET }, false);
    data().a = 1;
    await handle.save();
    data().b = () => 1;
    expect(setCookies(await engine.finish(handle, "failed"))).toHaveLength(1);
  });

  it("because of its commit still sends what an earlier save owes", async () => {
    const { engine, browser, handle, data } = await start({ store: memoryStore() }, false);
    data().a = 1;
    await handle.save();
    data().b = () => 1;
    await expect(async () => engine.finish(handle, "response")).rejects.toMatchObject({ code: "ERR_ENCODE" });
    browser.receive(await engine.finish(handle, "failed"));
    expect((await browser.look()).data).toEqual({ a: 1 });
  });
});

describe("after the response", () => {
  it.each<[string, SessionOptions]>([
    ["in a store", { store: memoryStore() }],
    ["in the cookie", { secret: SECRET }],
  ])("every write throws, and every read still works: kept %s", async (_name, options) => {
    const { engine, handle, data } = await start(options);
    handle.flash("unread");
    await engine.finish(handle, "response");
    const writes: (() => unknown)[] = [
      () => handle.login("alice"),
      () => handle.logout(),
      () => handle.destroy(),
      () => handle.regenerate(),
      () => handle.clear(),
      () => handle.flash("x"),
      () => handle.flashes(),
      () => Object.assign(handle, { permanent: false }),
      () => engine.run(handle, () => Object.assign(current, { a: 2 })),
      () => engine.run(handle, () => delete (current as Data).a),
      () => engine.run(handle, () => Object.defineProperty(current, "a", { value: 2 })),
    ];
    for (const write of writes) expect(write, String(write)).toThrow(CLOSED);
    await expect(handle.save()).rejects.toThrow(CLOSED);
    await expect(handle.update(() => undefined)).rejects.toThrow(CLOSED);
    expect(Object.isFrozen(data())).toBe(true);
    expect(() => Object.assign(data(), { a: 2 })).toThrow(TypeError);
    expect(data().a).toBe(1);
    expect(engine.run(handle, () => inspect(current))).toBe("{ a: 1 }");
  });

  it("an untouched session is closed too", async () => {
    const { engine, handle } = await start();
    await engine.finish(handle, "response");
    expect(() => handle.flash("x")).toThrow(CLOSED);
    expect(Object.isFrozen(handle.data)).toBe(true);
  });

  it("a second commit adds nothing", async () => {
    const { engine, handle, data } = await start(undefined, false);
    data().a = 1;
    const [one, two] = await Promise.all([engine.commit(handle), engine.commit(handle)]);
    expect([setCookies(one).length, two, await engine.commit(handle)]).toEqual([1, [], []]);
  });
});

describe("answers at once", () => {
  it("where the store need not be asked", async () => {
    const { engine, browser } = await start();
    const fresh = engine.begin(null);
    expect(fresh).not.toBeInstanceOf(Promise);
    const [one, two] = [await engine.begin(browser.cookie), await engine.begin(browser.cookie)];
    expect(engine.finish(one, "response")).toEqual([]);
    expect(dataOf(two).a).toBe(1);
    expect(engine.finish(two, "response")).toEqual([["Vary", "Cookie"]]);
  });

  it("for sessions in the cookie", async () => {
    const { engine, handle, data } = await start({ secret: SECRET });
    data().a = 2;
    expect(engine.finish(handle, "response")).not.toBeInstanceOf(Promise);
    expect(engine.begin("session=x")).not.toBeInstanceOf(Promise);
  });
});
