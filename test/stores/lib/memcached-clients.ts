import { Socket } from "node:net";
import { MemcacheClient } from "memcache-client";
import Memcached from "memcached";
import { Client as Memjs } from "memjs";
import { ask } from "../../../scripts/services/lib/ask.ts";
import { locate, type Service, serve } from "../../../scripts/services/service.ts";
import type { MemcachedClient } from "../../../src/stores/lib/memcached-clients.ts";
import type { StoreFault } from "../../../src/testing/index.ts";
import { faulty } from "./faulty.ts";

export interface MemcachedConnection {
  client: MemcachedClient;
  end(): unknown;
}

/** Seconds that a client waits for its server, or 10: a machine may be busy. */
type Make = (port: number, fault?: StoreFault, seconds?: number) => MemcachedConnection;

/** Each client, set up as our page says; with something wrong in it, if asked. */
export const memcachedClients: Record<string, Make> = {
  memjs(port, fault, seconds = 10) {
    const client = Memjs.create(`127.0.0.1:${port}`, { timeout: seconds, logger: { log: () => {} } });
    return { client: fault ? faultyCallbacks(client, /^perform$/, fault) : client, end: () => client.close() };
  },
  "memcache-client"(port, fault, seconds = 10) {
    const server = { server: `127.0.0.1:${port}`, maxConnections: 4 };
    const client = new MemcacheClient({ server, cmdTimeout: 1000 * seconds, noDelay: true });
    const commands = /^(gets|add|cas|delete|touch|xsend)$/;
    return { client: fault ? faulty(client, commands, fault) : client, end: () => client.shutdown() };
  },
  memcached(port, fault, seconds = 10) {
    const settings = { retries: 0, retry: 50, failures: Number.MAX_SAFE_INTEGER, timeout: 1000 * seconds };
    const client = new Memcached(`127.0.0.1:${port}`, settings);
    const commands = /^(gets|add|cas|del|connect)$/;
    return { client: fault ? faultyCallbacks(client, commands, fault) : client, end: () => client.end() };
  },
};

type Callback = (...results: unknown[]) => void;

const ANSWERS: Record<StoreFault, (callback: Callback) => Callback> = {
  throws: (callback) => () => callback(new Error("the connection was lost"), false),
  hangs: () => () => {},
  late:
    (callback) =>
    (...results) =>
      void setTimeout(callback, 60, ...results),
  garbage: (callback) => () => callback(null, {}),
};

/** As `faulty`, for methods that answer a callback among their arguments. */
function faultyCallbacks<Client extends object>(client: Client, isCommand: RegExp, fault: StoreFault): Client {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (!isCommand.test(String(name))) return value.bind(target);
      const isSlowConnection = fault === "late" && name === "connect";
      const answer = isSlowConnection ? withSlowSocket : ANSWERS[fault];
      return (...args: unknown[]) => {
        const isCallback = (arg: unknown): arg is Callback => typeof arg === "function";
        return Reflect.apply(
          value,
          target,
          args.map((arg) => (isCallback(arg) ? answer(arg) : arg)),
        );
      };
    },
  });
}

/** Who speaks over the connection itself is answered late on it. */
function withSlowSocket(callback: Callback): Callback {
  return (error, socket) => {
    if (socket instanceof Socket) {
      const emit = socket.emit.bind(socket);
      socket.emit = (event: string, ...args: unknown[]) => {
        if (event !== "data") return emit(event, ...args);
        setTimeout(() => emit(event, ...args), 60);
        return true;
      };
    }
    callback(error, socket);
  };
}

/** A server that is started with these flags besides. */
export function startMemcachedWith(...flags: string[]): Promise<Service> {
  return serve({
    name: "memcached",
    program: locate("memcached"),
    args: ({ port }) => ["--listen=127.0.0.1", `--port=${port}`, ...flags],
    isReady: async ({ port }) => (await ask(port, "version\r\n")).startsWith("VERSION"),
    url: (port) => `memcached://127.0.0.1:${port}`,
  });
}

/** What the server has counted since its start: `cmd_get`, `cmd_set` and the like. */
export async function statsOf(port: number): Promise<Record<string, number>> {
  const lines = (await ask(port, "stats\r\n")).matchAll(/^STAT (\w+) (\d+)\r$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
}
