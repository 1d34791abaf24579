import { createRequire } from "node:module";
import { MemcacheClient } from "memcache-client";
import Memcached from "memcached";
import { Client as Memjs } from "memjs";
import { describe, expect, it } from "vitest";
import { type MemcachedStoreOptions, memcachedStore } from "../../src/stores/memcached.ts";

describe("options of memcachedStore", () => {
  const client = Memjs.create("127.0.0.1:1");
  const refuse = (options: unknown, message: RegExp) => {
    const make = () => memcachedStore(options as MemcachedStoreOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  };

  it.each([undefined, null, 1, "memcached://localhost", {}, { get: () => "", set: () => "" }])(
    "refuses client %j",
    (wrong) =>
      refuse({ client: wrong }, /^client: a client of `memjs`, `memcache-client` or `memcached`(, not a URL: .*)?$/),
  );

  it("refuses clients that go over to another server, for it would come back with what was ended", () => {
    refuse({ client: Memjs.create("127.0.0.1:1,127.0.0.1:2", { failover: true }) }, /^client: made without failover/);
    const removing = new Memcached(["127.0.0.1:1", "127.0.0.1:2"], { remove: true });
    refuse({ client: removing }, /^client: made without remove/);
    const servers = [{ server: "127.0.0.1:1" }, { server: "127.0.0.1:2" }];
    refuse({ client: new MemcacheClient({ server: { servers } }) }, /^client: made for one server/);
    expect(memcachedStore({ client: new MemcacheClient({ server: { servers: servers.slice(1) } }) })).toBeDefined();
    expect(memcachedStore({ client: Memjs.create("127.0.0.1:1,127.0.0.1:2") })).toBeDefined();
  });

  it.each([null, 1, "", "a b", "a\r\nb", "é", "$&", "a".repeat(101)])("refuses prefix %j", (prefix) =>
    refuse({ client, prefix }, /^prefix: /),
  );

  it.each([null, "1m", 0, 1023, 1.5])("refuses maxItemBytes %j", (maxItemBytes) =>
    refuse({ client, maxItemBytes }, /^maxItemBytes: /),
  );

  it("can be required", () => {
    const require = createRequire(import.meta.url);
    expect(require("../../src/stores/memcached.ts")).toHaveProperty("memcachedStore");
  });
});
