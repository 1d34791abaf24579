import { type AddressInfo, createServer } from "node:net";
import Memcached from "memcached";
import { Client as Memjs } from "memjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import type { Service } from "../../scripts/services/service.ts";
import type { Store } from "../../src/index.ts";
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

  it("memcached with a namespace after which no key fits is refused: the server would read data as commands", () => {
    for (const namespace of ["a".repeat(201), "a b", "a\r\n", "é"]) {
      const client = new Memcached(`127.0.0.1:${server.port}`, { namespace });
      expect(() => memcachedStore({ client })).toThrow(/^client: .*namespace/);
      client.end();
    }
  });

  it("memjs and memcached for two servers, over which sessions spread", async () => {
    const other = await startMemcached();
    const addresses = [server.port, other.port].map((port) => `127.0.0.1:${port}`);
    const memjs = Memjs.create(addresses.join(), { timeout: 10 });
    const memcached = new Memcached(addresses);
    for (const client of [memjs, memcached]) {
      const store = memcachedStore({ client, prefix: newPrefix() });
      const before = (await statsOf(other.port))["cmd_set"] ?? Number.NaN;
      for (let count = 0; count < 40; count++) expect(await store.create(`id${count}`, payload, meta())).toBe("ok");
      for (let count = 0; count < 40; count++) expect(await store.read(`id${count}`)).toMatchObject({ renewed: false });
      const share = ((await statsOf(other.port))["cmd_set"] ?? Number.NaN) - before;
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(40);
    }
    memjs.close();
    memcached.end();
    await other.stop();
  });
});

describe("a server that answers out of turn", () => {
  const meta = () => ({ expiresAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 7_200_000) });

  async function withServer(answer: (line: string) => string, act: (store: Store) => Promise<void>): Promise<void> {
    const liar = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        const lines = chunk
          .toString("latin1")
          .split("\r\n")
          .filter((line) => /^(gets|add|cas|delete|touch) /.test(line));
        socket.write(lines.map(answer).join(""), "latin1");
      });
    });
    const port = await new Promise<number>((resolve) =>
      liar.listen(0, "127.0.0.1", () => resolve((liar.address() as AddressInfo).port)),
    );
    const client = new Memcached(`127.0.0.1:${port}`, { retries: 0, retry: 50, failures: 100, timeout: 1000 });
    try {
      await act(memcachedStore({ client, prefix: "s:" }));
    } finally {
      client.end();
      liar.close();
    }
  }

  it("gives nobody another one's session", async () => {
    const foreign = (line: string) => `VALUE ${line.slice(5)}x 0 2 1\r\n{}\r\nEND\r\n`;
    await withServer(foreign, async (store) => {
      await expect(store.read("ada")).rejects.toThrow();
      await expect(Promise.all([store.read("ada"), store.read("grace")])).rejects.toThrow();
    });
  });

  it("is asked anew on another connection", async () => {
    let isConfused = true;
    // What was not understood is answered twice: once for its line, once for what was read as another.
    const answer = (line: string) => {
      if (line.startsWith("add ") && isConfused) return "CLIENT_ERROR bad command line format\r\nERROR\r\n";
      return line.startsWith("add ") ? "STORED\r\n" : "END\r\n";
    };
    await withServer(answer, async (store) => {
      const outcomes = await Promise.allSettled([
        store.create("a", Uint8Array.of(1), meta()),
        store.create("b", Uint8Array.of(1), meta()),
        store.read("c"),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
      isConfused = false;
      expect(await store.create("a", Uint8Array.of(1), meta())).toBe("ok");
      expect(await store.read("c")).toBeUndefined();
    });
  });

  it("goes on after a fault of its own", async () => {
    let isFull = true;
    const answer = (line: string) =>
      line.startsWith("gets ") ? "END\r\n" : isFull ? "SERVER_ERROR out of memory storing object\r\n" : "STORED\r\n";
    await withServer(answer, async (store) => {
      const [created, read] = await Promise.allSettled([store.create("a", Uint8Array.of(1), meta()), store.read("b")]);
      expect(created).toMatchObject({ reason: { message: expect.stringContaining("out of memory") } });
      expect(read).toMatchObject({ status: "fulfilled" });
      isFull = false;
      expect(await store.create("a", Uint8Array.of(1), meta())).toBe("ok");
    });
  });
});
