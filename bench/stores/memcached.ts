import { createRequire } from "node:module";
import { Socket } from "node:net";
import { memcachedStore } from "dewar/stores/memcached";
import Memcached from "memcached";
import { ask } from "../../scripts/services/lib/ask.ts";
import { startMemcached } from "../../scripts/services/memcached.ts";
import type { Service } from "../../scripts/services/service.ts";
import { countCalls } from "../calls.ts";
import type { Opened, PeerSessions, Place } from "./store.ts";

export { hasMemcached as isAvailable } from "../../scripts/services/memcached.ts";

const require = createRequire(import.meta.url);

/** With room for a million sessions, in megabytes: it takes what it needs of that. */
export async function start(): Promise<Service> {
  const service = await startMemcached();
  await ask(service.port, "cache_memlimit 4096\r\n");
  return service;
}

/** A client as its users have it: `get`, `gets`, `add`, `set`, `cas` and the like count. */
function connect({ url }: Place): Memcached {
  const client = new Memcached(new URL(url).host);
  return countCalls(client, ["get", "gets", "getMulti", "add", "set", "replace", "cas", "touch", "del"]);
}

export async function dewar(place: Place): Promise<Opened> {
  const client = listened(connect(place));
  return { store: memcachedStore({ client }), close: async () => client.end() };
}

/** dewar's store says its commands itself, on the client's connections. */
function listened(client: Memcached): Memcached {
  const opening = client as Memcached & {
    connect(server: string, done: (error: unknown, socket: unknown) => void): void;
  };
  const connectTo = opening.connect.bind(client);
  opening.connect = (server, done) =>
    connectTo(server, (error, socket) => {
      const ofLine = (_method: string, _self: unknown, [line]: readonly unknown[]) =>
        /\w+/.exec(String(line))?.[0] ?? "?";
      done(error, socket instanceof Socket ? countCalls(socket, ["write"], ofLine) : socket);
    });
  return client;
}

export async function peer(place: Place, sessions: PeerSessions): Promise<object> {
  const Store = require("connect-memcached")(sessions) as new (options: object) => object;
  return new Store({ client: connect(place) });
}
