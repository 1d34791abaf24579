import { isMemcacheClient, type MemcacheClient, memcacheClientDriver } from "./memcache-client.ts";
import type { MemcachedDriver } from "./memcached-driver.ts";
import { isMemjs, type Memjs, memjsDriver } from "./memjs.ts";
import { isNodeMemcached, type NodeMemcached, nodeMemcachedDriver } from "./node-memcached.ts";
import { assertOption, clientFault } from "./options.ts";

/** The clients that `memcachedStore` takes, told by the few methods that it calls. */
export type MemcachedClient = Memjs | MemcacheClient | NodeMemcached;

const RETURNING = "a server that comes back after others stood in for it still holds what was ended meanwhile";

const TAKES = "a client of `memjs`, `memcache-client` or `memcached`";

/** Adapts a client. Throws `TypeError`, naming the option `client`, for what isn't one or can't keep the promises. */
export function memcachedDriver(client: MemcachedClient): MemcachedDriver {
  if (isMemjs(client)) {
    assertOption(client.options.failover !== true, "client", `made without failover: ${RETURNING}`);
    return memjsDriver(client);
  }
  if (isMemcacheClient(client)) {
    const { server } = client.options;
    const isOne = typeof server === "string" || !("servers" in server) || server.servers.length === 1;
    assertOption(isOne, "client", "made for one server: memcache-client sends each command to any of several");
    return memcacheClientDriver(client);
  }
  assertOption(isNodeMemcached(client), "client", clientFault(client, TAKES));
  assertOption(client.remove !== true, "client", `made without remove and failOverServers: ${RETURNING}`);
  return nodeMemcachedDriver(client);
}
