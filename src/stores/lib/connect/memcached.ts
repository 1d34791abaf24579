import type { Store } from "../../../store.ts";
import { type MemcachedStoreOptions, memcachedStore } from "../../memcached.ts";
import { importDriver, open, PATIENCE } from "./open.ts";
import { given, QueryOptions } from "./query.ts";
import { hostsOf, type StoreUrl } from "./url.ts";

/** Seconds without an answer, after which the client gives a connection up. */
const SILENCE = 2;

/** `memcached://host:port,host:port`: the sessions are spread over the servers by their keys. */
export async function connectMemcached(
  url: StoreUrl,
  make: (options: MemcachedStoreOptions) => Store = memcachedStore,
): Promise<Store> {
  const options = new QueryOptions(url);
  const settings = given({ prefix: options.text("prefix"), maxItemBytes: options.integer("maxItemBytes") });
  options.end();
  const hosts = hostsOf(url, 11_211);
  if (url.path !== "" && url.path !== "/") throw new TypeError("url: memcached:// takes no path");
  const { Client, Server } = await importDriver("memjs", () => import("memjs"));
  const common = {
    ...given({ username: url.username || undefined, password: url.password || undefined }),
    timeout: SILENCE,
    conntimeout: PATIENCE / 1000,
    keepAlive: true,
    // It would write to the console.
    logger: { log() {} },
  };
  const servers = hosts.map(({ host, port }) => new Server(host, port, undefined, undefined, common));
  const client = new Client(servers, common);
  return open(
    {
      server: `Memcached at ${url.authority}`,
      // The client alone would ask only the one that a key belongs to.
      connect: () => Promise.all(servers.map((server) => new Client([server], common).get("dewar"))),
      close: () => client.close(),
    },
    () => make({ client, ...settings }),
  );
}
