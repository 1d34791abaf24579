import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { SessionOptions, Store } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { type Client, createClient, type RequestListener } from "../../src/testing/index.ts";

/** A browser on a server for this listener, which ends with the test. */
export async function open(listener: RequestListener): Promise<Client> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** Options of a fresh memory store. */
export function inMemory(options?: SessionOptions): SessionOptions {
  return { store: memoryStore(), ...options };
}

/** Options of a store that can't be written. */
export function unwritable(): SessionOptions {
  const store = memoryStore();
  const fail = async (): Promise<never> => {
    throw new Error("the store is down");
  };
  const broken: Store = { create: fail, replace: fail, delete: fail, read: (id, renewal) => store.read(id, renewal) };
  return { store: broken, storeTimeout: 0.1 };
}

/** The data of the session, with any key. */
export function data(session: object): Record<string, unknown> {
  return session as Record<string, unknown>;
}
