import { places } from "../../../scripts/services/places.ts";
import type { Service } from "../../../scripts/services/service.ts";
import type { Store } from "../../../src/store.ts";
import { connectStore } from "../../../src/stores/index.ts";
import { startProxy, type TcpProxy } from "../../lib/proxy.ts";

/** The stores that have one server. */
export type ServerName = "redis" | "memcached" | "postgres" | "mysql" | "mongodb";
export const serverNames: readonly ServerName[] = ["redis", "memcached", "postgres", "mysql", "mongodb"];

/** Whether this machine has the server. */
export function has(name: ServerName): boolean {
  return places[name].available;
}

/** A store whose server is reached through a proxy. */
export interface Reached {
  service: Service;
  proxy: TcpProxy;
  store: Store;
  close(): Promise<void>;
}

export async function reach(name: ServerName): Promise<Reached> {
  const place = await places[name].start();
  if (!place.service) throw new Error(`${name} has no server.`);
  const proxy = await startProxy(place.service.port);
  const url = proxy.url(place.url);
  const store = await connectStore(/^(postgres|mysql):/.test(url) ? `${url}?createTable=true` : url);
  return {
    service: place.service,
    proxy,
    store,
    async close() {
      await store.close?.();
      await proxy.stop();
      await place.stop();
    },
  };
}
