import Memcached from "memcached";
import { Client as Memjs } from "memjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { MemcachedClient } from "../../src/stores/lib/memcached-clients.ts";
import { memcachedStore } from "../../src/stores/memcached.ts";
import type { StoreFault } from "../../src/testing/index.ts";
import { testStore } from "../../src/testing/store.ts";
import { memcachedClients, statsOf } from "./lib/memcached-clients.ts";

let server: Service;
beforeAll(async () => {
  if (hasMemcached) server = await startMemcached();
});
afterAll(() => server?.stop());

let prefixes = 0;
const newPrefix = () => `${prefixes++}:`;

for (const [name, connect] of Object.entries(memcachedClients)) {
  describe.skipIf(!hasMemcached)(name, () => {
    let client: MemcachedClient;
    const ends: (() => unknown)[] = [];
    const open = (fault?: StoreFault) => {
      const connection = connect(server.port, fault);
      ends.push(connection.end);
      return connection.client;
    };
    beforeAll(() => {
      client = open();
    });
    afterAll(() => ends.map((end) => end()));
    const create = () => memcachedStore({ client, prefix: newPrefix() });
    testStore({
      describe,
      it: it.concurrent,
      create,
      createPair: () => [create(), create()],
      createFaulty: (fault) => memcachedStore({ client: open(fault), prefix: newPrefix() }),
      without: ["list", "prune"],
      // What is left of the server's 1 MiB.
      maxBytes: 1_048_400,
    });
  });
}

describe.skipIf(!hasMemcached)("as applications set clients up", () => {
  const payload = Uint8Array.of(1, 2, 3);
  const meta = () => ({ expiresAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 7_200_000) });

  it("memcached with a namespace, which may make keys too long", async () => {
    for (const namespace of ["app:", "a".repeat(150)]) {
      const client = new Memcached(`127.0.0.1:${server.port}`, { namespace });
      const store = memcachedStore({ client, prefix: newPrefix() });
      for (const id of ["a", "b".repeat(128), "c d"]) {
        expect(await store.create(id, payload, meta())).toBe("ok");
        expect(await store.replace(id, payload, (await store.read(id))?.version, meta())).toBe("ok");
        expect(await store.delete(id)).toBe(true);
      }
      client.end();
    }
  });

  it("memjs and memcached for two servers, over which sessions spread", async () => {
    const other = await startMemcached();
    const addresses = [server.port, other.port].map((port) => `127.0.0.1:${port}`);
    const memjs = Memjs.create(addresses.join());
    const memcached = new Memcached(addresses);
    for (const client of [memjs, memcached]) {
      const store = memcachedStore({ client, prefix: newPrefix() });
      const before = (await statsOf(other.port))["cmd_set"] ?? Number.NaN;
      for (let count = 0; count < 40; count++) expect(await store.create(`id${count}`, payload, meta())).toBe("ok");
      for (let count = 0; count < 40; count++) expect(await store.read(`id${count}`)).toMatchObject({ renewed: false });
      const share = ((await statsOf(other.port))["cmd_set"] ?? Number.NaN) - before;
      expect(share).toBeGreaterThan(5);
      expect(share).toBeLessThan(35);
    }
    memjs.close();
    memcached.end();
    await other.stop();
  });
});
