import { describe, expect, it } from "vitest";
import { jsonCodec } from "../../src/codecs/json.ts";
import type { Client } from "../../src/core/manager.ts";
import { flaskSession } from "../../src/flask/index.ts";
import {
  type Codec,
  createSessionManager,
  type Session,
  type SessionInfo,
  type SessionOptions,
  type Store,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { CookieJar } from "../../src/testing/index.ts";
import { SECRET, withMethods } from "./lib/stores.ts";
import { dataOf, setCookies } from "./lib/visitor.ts";

const ORIGIN = "https://shop.test/";

const HOME = { userAgent: "Firefox at home", address: "203.0.113.7" };
const PHONE = { userAgent: "Safari on the move", address: "2001:db8:1:2::9" };

function start(options: Partial<SessionOptions> = {}) {
  const writes: string[] = [];
  const store = memoryStore();
  const counted = withMethods(store, {
    create(...args: Parameters<Store["create"]>) {
      writes.push("create");
      return store.create(...args);
    },
    replace(...args: Parameters<Store["replace"]>) {
      writes.push("replace");
      return store.replace(...args);
    },
  });
  const manager = createSessionManager({ store: counted, device: true, ...options });
  const jar = new CookieJar();
  const open = (client: Client) => manager.open(jar.header(ORIGIN), client);
  const commit = async (session: Session) => jar.receive(setCookies(await manager.commit(session)), ORIGIN);
  const visit = async (client: Client, act: (session: Session) => void = (session) => void session.data) => {
    const session = await open(client);
    act(session);
    await commit(session);
  };
  const info = async (): Promise<SessionInfo | undefined> => {
    for await (const found of manager.list()) return found;
    return undefined;
  };
  return { open, commit, visit, info, writes };
}

const add = (session: Session) => {
  const data = dataOf(session);
  data.n = (data.n ?? 0) + 1;
};

describe("device: true", () => {
  it("records the browser and the network of the first and the last use", async () => {
    const { visit, info } = start();
    await visit(HOME, add);
    const first = { userAgent: HOME.userAgent, address: "203.0.113.0/24" };
    expect((await info())?.device).toEqual({ first, last: first });
    await visit(PHONE);
    const last = { userAgent: PHONE.userAgent, address: "2001:db8:1::/48" };
    expect((await info())?.device).toEqual({ first, last });
  });

  it("costs a write where browser or network changed, and none elsewhere", async () => {
    const { visit, writes } = start();
    await visit(HOME, add);
    await visit(HOME);
    await visit({ ...HOME, address: "203.0.113.99" });
    expect(writes).toEqual(["create"]);
    await visit(PHONE);
    await visit(PHONE);
    expect(writes).toEqual(["create", "replace"]);
  });

  it("makes no session of a visitor who writes nothing", async () => {
    const { visit, info, writes } = start();
    await visit(HOME);
    expect(await info()).toBeUndefined();
    expect(writes).toEqual([]);
  });

  it("stays at a login, and is nothing of the data", async () => {
    const { visit, info } = start();
    await visit(HOME, add);
    await visit(PHONE, (session) => session.login("alice"));
    const found = await info();
    expect(found?.device?.first.userAgent).toBe(HOME.userAgent);
    expect(found?.device?.last.userAgent).toBe(PHONE.userAgent);
    expect(found?.data).toEqual({ n: 1 });
  });

  it("begins anew when somebody else signs in", async () => {
    const { visit, info } = start();
    await visit(HOME, (session) => session.login("alice"));
    await visit(PHONE, (session) => session.login("bob"));
    expect((await info())?.device?.first.userAgent).toBe(PHONE.userAgent);
  });

  it("keeps what it knew where nothing is known of who asks", async () => {
    const { visit, info } = start();
    await visit(HOME, add);
    await visit({}, add);
    expect((await info())?.device?.last.userAgent).toBe(HOME.userAgent);
  });

  it("keeps the whole address when told to", async () => {
    const { visit, info } = start({ device: { address: "full" } });
    await visit(HOME, add);
    expect((await info())?.device?.first.address).toBe("203.0.113.7");
    await visit(PHONE);
    expect((await info())?.device?.last.address).toBe("2001:db8:1:2::9");
  });

  it.each([
    ["an IPv4 address in IPv6's clothes", "::ffff:203.0.113.7", "203.0.113.0/24"],
    ["a zone", "fe80::1%eth0", "fe80::/48"],
    ["what a visitor wrote", "<script>alert(1)</script>", undefined],
    ["nothing", "", undefined],
    ["a number", "1", undefined],
    ["an address as programs of old write it", "0x7f.1", undefined],
    ["octal digits", "0313.0.0161.07", undefined],
    ["very many digits", "1".repeat(16_000), undefined],
    ["a list of a proxy's", "203.0.113.7, 198.51.100.1", undefined],
    ["a line break", "203.0.113.7\r\nSet-Cookie: a=b", undefined],
  ])("takes %s for what it is", async (_name, address, recorded) => {
    const { visit, info } = start();
    await visit({ userAgent: "x", address }, add);
    expect((await info())?.device?.first.address).toBe(recorded);
  });

  it("bounds what a browser says of itself", async () => {
    const { visit, info } = start();
    await visit({ userAgent: "x".repeat(100_000) }, add);
    expect((await info())?.device?.first.userAgent).toHaveLength(512);
  });

  it.each(["merge", "reject", "overwrite"] as const)(
    "is no conflict by itself (onConflict: %s)",
    async (onConflict) => {
      const { open, commit, visit, info } = start({ onConflict });
      await visit(HOME, add);
      const reader = await open(PHONE);
      void reader.data;
      await visit(HOME, (session) => session.flash("Welcome"));
      await commit(reader);
      expect((await info())?.device?.last.userAgent).toBe(PHONE.userAgent);
    },
  );
});

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

describe("without it", () => {
  it("nothing is recorded", async () => {
    const { visit, info } = start({ device: false });
    await visit(HOME, add);
    await visit(PHONE, add);
    expect(await info()).not.toHaveProperty("device");
  });
});

describe("where it can't be kept, it is refused", () => {
  it("in the cookie", () => {
    expect(() => createSessionManager({ secret: SECRET, device: true })).toThrow(/^device: a store/);
  });

  it("in a format that has no room for it", () => {
    const forgetful: Codec = {
      encode: ({ device: _, ...record }) => jsonCodec.encode(record),
      decode: (bytes) => jsonCodec.decode(bytes),
    };
    expect(() => createSessionManager({ store: memoryStore(), codec: forgetful, device: true })).toThrow(
      /^device: a codec/,
    );
    const { codec } = flaskSession({ SECRET_KEY: SECRET });
    expect(() => createSessionManager({ store: memoryStore(), ...(codec && { codec }), device: true })).toThrow(
      /^device: a codec/,
    );
  });
});
