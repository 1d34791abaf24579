import { describe, expect, it } from "vitest";
import { jsonCodec } from "../../src/codecs/json.ts";
import { flaskSession } from "../../src/flask/index.ts";
import { type Codec, createSessionManager } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { add, HOME, PHONE, start } from "./lib/device.ts";
import { SECRET } from "./lib/stores.ts";

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
