import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "./lib/ports.ts";
import { locate, type Service, serve } from "./service.ts";

const program = locate("redis-server");

/** Whether this machine has Redis. With `CI=true` it must. */
export const hasRedis: boolean = program !== undefined;

/** Nothing is kept on disk, unless `appendonly` asks for every write. */
export async function startRedis(options: { appendonly?: boolean } = {}): Promise<Service> {
  const keeping = options.appendonly ? ["appendonly yes", "appendfsync always"] : [];
  return startRedisServer({ settings: ['save ""', ...keeping] });
}

export interface RedisOptions {
  port?: number;
  /** Lines of its configuration. */
  settings: string[];
  flags?: string[];
}

/** Any kind of `redis-server`. */
export async function startRedisServer(options: RedisOptions): Promise<Service> {
  const { port = await freePort(), settings, flags = [] } = options;
  const url = `redis://127.0.0.1:${port}`;
  return serve({
    name: "redis",
    program,
    port,
    url: () => url,
    args: ({ folder }) => [join(folder, "redis.conf"), ...flags],
    prepare: async ({ folder, own }) => {
      const file = join(folder, "redis.conf");
      await writeFile(file, [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`, ...settings, ""].join("\n"));
      // A Sentinel and a node of a Cluster write what they learn.
      await own(file);
    },
    // While it reads its files, it answers LOADING.
    isReady: async () => (await ask(url, ["PING"]).catch(() => "")) === "PONG",
  });
}

/** Sends one command over a connection of its own. "" while the server doesn't answer. */
export async function ask(url: string, command: string[]): Promise<string> {
  const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: false } });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch {
    return "";
  }
  try {
    return String(await client.sendCommand(command));
  } finally {
    client.destroy();
  }
}
