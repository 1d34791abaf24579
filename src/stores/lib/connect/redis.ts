import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../../store.ts";
import { type RedisStoreOptions, redisStore } from "../../redis.ts";
import { type Connection, importDriver, open } from "./open.ts";
import { given, QueryOptions } from "./query.ts";
import { decode, hostsOf, type StoreUrl } from "./url.ts";
import { HEARTBEAT, Watch } from "./watch.ts";

type MakeStore = (options: RedisStoreOptions) => Store;

/** Milliseconds between two attempts to connect again, at most. */
const LONGEST_PAUSE = 2000;

/** `redis://host:port/database`, and `rediss://` with TLS. */
export async function connectRedis(url: StoreUrl, make: MakeStore = redisStore): Promise<Store> {
  const { settings, reconnect, node } = prepare(url);
  const [host, ...more] = hostsOf(url, 6379);
  if (more.length > 0) throw new TypeError("url: several hosts are a redis+cluster:// or a redis+sentinel://");
  const database = Number(nameIn(url, /^\d{0,5}$/, "redis://host:port/0, with the number of a database"));
  const { createClient } = await importDriver("redis", () => import("redis"));
  const client = createClient({ ...node, database, socket: { ...node.socket, ...host } });
  return openRedis(url, reconnect, client, () => make({ client, ...settings }));
}

/** `redis+cluster://host:port,host:port`, and `rediss+cluster://` with TLS. */
export async function connectRedisCluster(url: StoreUrl, make: MakeStore = redisStore): Promise<Store> {
  const { settings, reconnect, node } = prepare(url);
  const rootNodes = hostsOf(url, 6379).map((host) => ({ ...node, socket: { ...node.socket, ...host } }));
  nameIn(url, /^$/, "redis+cluster://host:port, without a database: a Cluster has one only");
  const { createCluster } = await importDriver("redis", () => import("redis"));
  const client = createCluster({ rootNodes, defaults: node });
  return openRedis(url, reconnect, client, () => make({ client, ...settings }));
}

/** `redis+sentinel://host:port,host:port/master`, and `rediss+sentinel://` with TLS. */
export async function connectRedisSentinel(url: StoreUrl, make: MakeStore = redisStore): Promise<Store> {
  const { settings, reconnect, node } = prepare(url);
  const sentinelRootNodes = hostsOf(url, 26_379);
  const name = nameIn(url, /^[\w.-]+$/, "redis+sentinel://host:port/name, with the name of the master");
  const { createSentinel } = await importDriver("redis", () => import("redis"));
  const client = createSentinel({
    name,
    sentinelRootNodes,
    // Else it repeats, unseen, a command whose answer got lost: an update could be applied twice.
    maxCommandRediscovers: 0,
    nodeClientOptions: node,
    sentinelClientOptions: { pingInterval: node.pingInterval, socket: node.socket },
  });
  return openRedis(url, reconnect, client, () => make({ client, ...settings }));
}

/** What the three have in common. */
interface Client {
  on(event: "error", listener: () => void): unknown;
  connect(): Promise<unknown>;
  ping(): Promise<unknown>;
  destroy(): unknown;
}

/** At first a failure is final; later the client goes on trying, whatever happens. */
class Reconnect {
  #wasConnected = false;

  connected(): void {
    this.#wasConnected = true;
  }

  readonly strategy = (retries: number, cause: Error): number | Error =>
    this.#wasConnected ? Math.min(2 ** retries * 50, LONGEST_PAUSE) * (0.5 + Math.random() / 2) : cause;
}

function prepare(url: StoreUrl) {
  const options = new QueryOptions(url);
  const settings: Omit<RedisStoreOptions, "client"> = given({ prefix: options.text("prefix") });
  options.end();
  const reconnect = new Reconnect();
  const tls = url.scheme.startsWith("rediss") ? { tls: true as const } : {};
  const { username, password } = url;
  const node = {
    ...given({ username: username || undefined, password: password || undefined }),
    // Ends a handshake that nobody answers; later there are pings, and it ends nothing: see `renewIfMute`.
    pingInterval: HEARTBEAT,
    socket: { ...tls, socketTimeout: 2 * HEARTBEAT, reconnectStrategy: reconnect.strategy },
  };
  return { settings, reconnect, node };
}

function openRedis(url: StoreUrl, reconnect: Reconnect, client: Client, makeStore: () => Store): Promise<Store> {
  // What it means for a request, the command that fails will say.
  client.on("error", () => {});
  const watch = new Watch((isOver) => renewIfMute(client, isOver));
  const connection: Connection = {
    server: `Redis at ${url.authority}`,
    connect: async () => {
      await client.connect();
      reconnect.connected();
      watch.start();
    },
    close: () => {
      watch.stop();
      return client.destroy();
    },
  };
  return open(connection, makeStore);
}

/** A host that is gone doesn't say so: by itself the client would wait for its answers for a quarter of an hour. */
async function renewIfMute(client: Client, isOver: () => boolean): Promise<void> {
  // An error is an answer, too: then the client knows.
  const answered = client.ping().then(yes, yes);
  // The turn after: it may be us who were too busy to look.
  const late = sleep(HEARTBEAT, false, { ref: false }).then(() => nextTurn(false));
  if ((await Promise.race([answered, late])) || isOver()) return;
  await client.destroy();
  // It goes on trying; where it gives up, the next look finds that.
  if (!isOver()) await client.connect().catch(() => {});
}

function yes(): boolean {
  return true;
}

function nameIn({ path }: StoreUrl, shape: RegExp, takes: string): string {
  const name = decode(path.slice(1));
  if (!shape.test(name)) throw new TypeError(`url: takes ${takes}`);
  return name;
}
