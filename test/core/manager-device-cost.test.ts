import { describe, expect, it } from "vitest";
import type { Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { add, HOME, PHONE, start } from "./lib/device.ts";
import { withMethods } from "./lib/stores.ts";
import { dataOf } from "./lib/visitor.ts";

describe("what a use costs whoever made it", () => {
  const full = () => Promise.reject(new Error("OOM command not allowed"));

  it("is never the answer: a request that reads goes on while the store takes no writes", async () => {
    const store = memoryStore();
    let isFull = false;
    const replace: Store["replace"] = (...args) => (isFull ? full() : store.replace(...args));
    const events: string[] = [];
    const { open, commit, visit, info } = start({
      store: withMethods(store, { replace }),
      onEvent: ({ type }) => events.push(type),
    });
    await visit(HOME, add);
    isFull = true;
    const reader = await open(PHONE);
    expect(dataOf(reader).n).toBe(1);
    await reader.save();
    await commit(reader);
    expect(events).toContain("store-error");
    expect((await info())?.device?.last.userAgent).toBe(HOME.userAgent);
    await expect(visit(PHONE, add)).rejects.toMatchObject({ code: "ERR_STORE" });
    isFull = false;
    await visit(PHONE);
    expect((await info())?.device?.last.userAgent).toBe(PHONE.userAgent);
  });

  it("is never the answer: nor where the record has no room for it", async () => {
    const { visit, info } = start({ maxBytes: 400 });
    await visit({ userAgent: "x", address: "203.0.113.7" }, (session) =>
      Object.assign(session.data, { text: "x".repeat(200) }),
    );
    await visit({ userAgent: "y".repeat(500) });
    expect((await info())?.device?.last.userAgent).toBe("x");
  });

  it("is no loss where the session ended meanwhile, and brings nothing back", async () => {
    const events: string[] = [];
    const { open, commit, visit, info } = start({ onEvent: ({ type }) => events.push(type) });
    await visit(HOME, (session) => session.login("alice"));
    const reader = await open(PHONE);
    expect(reader.subject).toBe("alice");
    const other = await open(HOME);
    other.logout();
    const cleared = await open(PHONE);
    void cleared.data;
    await commit(other);
    await reader.save();
    await commit(reader);
    await commit(cleared);
    expect(events).not.toContain("gone");
    expect(await info()).toBeUndefined();
  });

  it("is no conflict for whoever changes something meanwhile (onConflict: reject)", async () => {
    const { open, commit, visit, info } = start({ onConflict: "reject" });
    await visit(HOME, add);
    const writer = await open(HOME);
    add(writer);
    await visit(PHONE);
    await commit(writer);
    expect((await info())?.data).toEqual({ n: 2 });
    const [one, two] = [await open(HOME), await open(HOME)];
    add(one);
    add(two);
    await commit(one);
    await expect(commit(two)).rejects.toMatchObject({ code: "ERR_CONFLICT" });
  });

  it.each(["merge", "overwrite"] as const)(
    "is kept by a job that knows of nobody (onConflict: %s)",
    async (onConflict) => {
      const { open, commit, visit, info } = start({ onConflict });
      await visit(HOME, add);
      const job = await open({});
      add(job);
      await visit(PHONE);
      await commit(job);
      const found = await info();
      expect(found?.data).toEqual({ n: 2 });
      expect(found?.device?.first.userAgent).toBe(HOME.userAgent);
      if (onConflict === "merge") expect(found?.device?.last.userAgent).toBe(PHONE.userAgent);
    },
  );

  it("is nothing where less is known than before: a visitor who has gone has no address", async () => {
    const { visit, info, writes } = start();
    await visit(HOME, add);
    await visit({ userAgent: HOME.userAgent });
    await visit({ address: HOME.address });
    expect(writes).toEqual(["create"]);
    expect((await info())?.device?.last.address).toBe("203.0.113.0/24");
  });

  it("is written down in a lazy session that was loaded, and not in one that wasn't", async () => {
    const { open, commit, visit, info, writes } = start({ lazy: true });
    await visit(HOME, (session) => session.login("ada"));
    const unread = await open(PHONE);
    await commit(unread);
    expect(writes).toEqual(["create"]);
    const loaded = await open(PHONE);
    await loaded.load();
    await commit(loaded);
    expect((await info())?.device?.last.userAgent).toBe(PHONE.userAgent);
  });

  it("brings no retired token back, and writes nothing under one", async () => {
    const { open, commit, visit, info, writes } = start();
    await visit(HOME, (session) => session.login("ada"));
    const [late, later] = [await open(PHONE), await open(PHONE)];
    await visit(HOME, (session) => session.regenerate());
    const before = writes.length;
    void late.data;
    await commit(late);
    await later.update(() => {}).catch(() => {});
    await commit(later).catch(() => {});
    expect(writes.slice(before).filter((write) => write === "create")).toEqual([]);
    expect((await info())?.device?.last.userAgent).toBe(HOME.userAgent);
    await visit(HOME, (session) => expect(session.subject).toBe("ada"));
  });

  it("is written once, by save() or by the commit", async () => {
    const { open, commit, visit, writes } = start();
    await visit(HOME, add);
    const reader = await open(PHONE);
    void reader.data;
    await reader.save();
    await commit(reader);
    expect(writes).toEqual(["create", "replace"]);
  });
});
