import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, it, vi } from "vitest";
import { hasMemcached, startMemcached } from "../../../../scripts/services/memcached.ts";
import type { Service } from "../../../../scripts/services/service.ts";
import { bareMemcachedStore } from "../../../../src/flask/stores/memcached.ts";
import type { Store } from "../../../../src/store.ts";
import type { MemcachedClient } from "../../../../src/stores/lib/memcached-clients.ts";
import type { StoreFault } from "../../../../src/testing/index.ts";
import { testStore } from "../../../../src/testing/store.ts";
import { type MemcachedConnection, memcachedClients } from "../../../stores/lib/memcached-clients.ts";

/** Milliseconds: tests of the suite wait for a server that ends items up to three seconds late. */
const PATIENCE = 120_000;
const RESOLUTION = 3000;
/** An item without bytes is missing, as it is to Flask: none can be kept. */
const NEEDS_EMPTY = /no bytes at all|in length alone/;

let prefixes = 0;

export function newPrefix(): string {
  return `${prefixes++}:`;
}

export function connectionOf(name: string, port: number, fault?: StoreFault): MemcachedConnection {
  const connection = memcachedClients[name]?.(port, fault);
  if (!connection) throw new Error(name);
  return connection;
}

/** As msgspec writes `{"_permanent": True, "user_id": 42, "name": "alice"}`. */
export const payload: Buffer = Buffer.from("83aa5f7065726d616e656e74c3a7757365725f69642aa46e616d65a5616c696365", "hex");

/** A server for the tests of a file; what each of them opens is closed behind it. */
export interface Place {
  port(): number;
  /** What else is to be done after a test. */
  ends: (() => unknown)[];
  storeOf(name: string, prefix?: string, port?: number): Store;
}

export function usePlace(): Place {
  let server: Service;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    if (hasMemcached) server = await startMemcached();
  });
  afterAll(() => server?.stop());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    port: () => server.port,
    ends,
    storeOf(name, prefix = newPrefix(), port = server.port) {
      const { client, end } = connectionOf(name, port);
      ends.push(end);
      return bareMemcachedStore({ client, prefix });
    },
  };
}

/** Says something to the server, byte by byte, and waits for a line that ends so. */
export function say(port: number, message: string | Buffer, end: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(message));
    let answer = Buffer.alloc(0);
    socket.on("error", reject).on("data", (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      if (!answer.subarray(-end.length - 2).equals(Buffer.from(`${end}\r\n`))) return;
      socket.destroy();
      resolve(answer);
    });
  });
}

vi.setConfig({ maxConcurrency: 40 });

/** The public suite, with a client of this name. */
export function testClient(name: string): void {
  let server: Service;
  let client: MemcachedClient;
  const ends: (() => unknown)[] = [];
  const open = (fault?: StoreFault) => {
    const connection = connectionOf(name, server.port, fault);
    ends.push(connection.end);
    return connection.client;
  };
  const create = () => bareMemcachedStore({ client, prefix: newPrefix() });
  beforeAll(async () => {
    if (!hasMemcached) return;
    server = await startMemcached();
    client = open();
  });
  afterAll(async () => {
    for (const end of ends) await end();
    await server?.stop();
  });
  describe.skipIf(!hasMemcached)(name, () => {
    testStore({
      // They mostly wait: at the same time, then.
      describe: describe.concurrent,
      it: (title, body) => (NEEDS_EMPTY.test(title) ? undefined : it.concurrent(title, body, PATIENCE)),
      create,
      createPair: () => [create(), create()],
      createFaulty: (fault) => bareMemcachedStore({ client: open(fault), prefix: newPrefix() }),
      without: ["list", "prune"],
      holdsId: (id) => /^[\x21-\x7e]{1,240}$/.test(id),
      resolution: RESOLUTION,
      maxBytes: 1_048_300,
    });
  });
}
