import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client as Memjs } from "memjs";
import { afterEach, describe, expect, it } from "vitest";
import { hasMemcached, startMemcached } from "../../scripts/services/memcached.ts";
import type { Service } from "../../scripts/services/service.ts";
import { memcachedStore } from "../../src/stores/memcached.ts";
import { loopTime } from "../lib/elapsed.ts";
import { startProxy } from "../lib/proxy.ts";
import { memcachedClients, statsOf } from "./lib/memcached-clients.ts";

const HOUR = 3_600_000;
const PATIENCE = 5000;
const payload = Uint8Array.of(1, 2, 3);
const meta = () => ({ expiresAt: new Date(Date.now() + HOUR), endsAt: new Date(Date.now() + 2 * HOUR) });
const names = Object.keys(memcachedClients);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function started(): Promise<Service> {
  const server = await startMemcached();
  ends.push(() => server.stop());
  return server;
}

function storeOf(name: string, port: number) {
  const connection = memcachedClients[name]?.(port, undefined, 1);
  if (!connection) throw new Error(name);
  ends.push(connection.end);
  return memcachedStore({ client: connection.client });
}

/** Memjs, that waits for so many seconds. */
function memjsStore(port: number, timeout: number) {
  const client = Memjs.create(`127.0.0.1:${port}`, { timeout, logger: { log: () => {} } });
  ends.push(() => client.close());
  return memcachedStore({ client });
}

/** Tries until it is done. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (const start = performance.now(); ; await sleep(20)) {
    try {
      return await call();
    } catch (error) {
      if (performance.now() - start > PATIENCE) throw error;
    }
  }
}

/** Milliseconds until it rejects. */
function timeToReject(call: Promise<unknown>): Promise<number> {
  return loopTime(() => expect(call).rejects.toThrow());
}

describe.skipIf(!hasMemcached)("Memcached stopped and started", () => {
  it.each(names)("rejects meanwhile, and answers again with nothing revived, %s", async (name) => {
    const server = await started();
    const store = storeOf(name, server.port);
    await store.create("before", payload, meta());
    await server.kill();
    expect(await timeToReject(store.read("before"))).toBeLessThan(1500);
    expect(await timeToReject(store.create("during", payload, meta()))).toBeLessThan(1500);
    await server.restart();
    expect(await patiently(() => store.create("after", payload, meta()))).toBe("ok");
    expect(await store.read("before")).toBeUndefined();
    expect(await store.read("during")).toBeUndefined();
    const found = await store.read("after");
    expect([...(found?.payload ?? [])]).toEqual([...payload]);
    expect(await store.replace("after", payload, found?.version, meta())).toBe("ok");
  });

  it("with memjs the calls under way reject at once", async () => {
    const server = await started();
    const store = memjsStore(server.port, 10);
    await store.create("a", payload, meta());
    server.pause();
    // Its threads stop one after the other.
    await sleep(100);
    const calls = [store.read("a"), store.create("b", payload, meta()), store.delete("a")].map(timeToReject);
    await server.kill();
    for (const time of await Promise.all(calls)) expect(time).toBeLessThan(1500);
  });
});

describe.skipIf(!hasMemcached)("an answer that never comes", () => {
  it.each(names)("leaves done what was sent, once, %s", async (name) => {
    const server = await started();
    const proxy = await startProxy(server.port);
    ends.push(() => proxy.stop());
    const store = storeOf(name, proxy.port);
    await store.create("a", payload, meta());
    const before = (await statsOf(server.port))["cmd_set"] ?? Number.NaN;
    await proxy.set("swallow");
    const outcomes: string[] = [];
    const creating = store.create("b", payload, meta());
    creating.then(String, () => "rejected").then((outcome) => outcomes.push(outcome));
    await expect.poll(async () => (await statsOf(server.port))["cmd_set"]).toBe(before + 1);
    // Of a `memcached` connection that stays silent, only the next call tells: till then the manager's deadline ends the wait.
    if (name !== "memcached") await expect.poll(() => outcomes, { timeout: 3000 }).toEqual(["rejected"]);
    await proxy.set("pass");
    proxy.reset();
    const other = storeOf(name, server.port);
    expect((await other.read("b"))?.payload.length).toBe(payload.length);
    expect((await statsOf(server.port))["cmd_set"]).toBe(before + 1);
    expect(await patiently(() => store.create("c", payload, meta()))).toBe("ok");
  });

  it("and then comes late, is not mixed into another, memjs", async () => {
    const connections: Socket[] = [];
    const port = await front((socket, index) => {
      connections[index] = socket;
      socket.on("data", async (request) => {
        const answer = miss(request);
        if (index === 0) return void late.push(answer);
        socket.write(answer.subarray(0, 10));
        await sleep(50);
        for (const other of late) connections[0]?.write(other);
        await sleep(50);
        socket.write(answer.subarray(10));
      });
    });
    const late: Buffer[] = [];
    const store = memjsStore(port, 2);
    await timeToReject(store.read("a"));
    expect(late.length).toBe(1);
    expect(await store.read("b")).toBeUndefined();
  });

  it("or of which a part comes, is not taken for the beginning of the next, memjs", async () => {
    const port = await front((socket, index) => {
      socket.on("data", (request) => {
        if (index === 0) socket.end(miss(request).subarray(0, 10));
        else socket.write(miss(request));
      });
    });
    const store = memjsStore(port, 10);
    expect(await timeToReject(store.read("a"))).toBeLessThan(1500);
    expect(await store.read("b")).toBeUndefined();
  });
});

/** A server of one's own making. */
async function front(serve: (socket: Socket, index: number) => void): Promise<number> {
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    serve(socket, connections++);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The answer of the binary protocol to a request for what isn't there. */
function miss(request: Buffer): Buffer {
  const answer = Buffer.alloc(24);
  answer.writeUInt8(0x81, 0);
  answer.writeUInt16BE(1, 6);
  request.copy(answer, 12, 12, 16);
  return answer;
}
