import type { Buffer } from "node:buffer";
import type { RedisCommandName, RedisDriver, Send } from "./redis-driver.ts";
import { type Emitter, isReading, Losses } from "./redis-losses.ts";

/** A client of `ioredis`, for one server or one found by Sentinels. It has a method for every command, see `Methods`. */
export interface IORedis extends Emitter {
  readonly status: string;
  readonly options: { keyPrefix?: string | undefined };
  callBuffer(name: string, ...args: (string | Buffer)[]): Promise<unknown>;
}

/** The Cluster of `ioredis`. */
export interface IORedisCluster extends IORedis {
  nodes(role: "master"): IORedis[];
}

/** Ours are typed here: the overloads of the real ones fit no structural type. */
type Methods = Record<`${RedisCommandName}Buffer`, (...args: (string | Buffer)[]) => Promise<unknown>>;

/** Tells a client of `ioredis` from anything else. */
export function isIORedis(client: unknown): client is IORedis | IORedisCluster {
  return typeof client === "object" && client !== null && "callBuffer" in client && "status" in client;
}

/**
 * Drives a client of `ioredis`, which finds the key in a command by itself. By its methods, not by `callBuffer`: that one
 * loses the command's name under `enableAutoPipelining`.
 */
export function ioredisDriver(client: IORedis | IORedisCluster): RedisDriver {
  const losses = Losses.of(client, "nodes" in client ? "-node" : "close");
  const sender = (node: IORedis): Send => {
    const methods = node as IORedis & Methods;
    return ([name, ...args], isRead = isReading(name)) =>
      methods[`${name}Buffer`](...args).then(isRead ? undefined : losses.watch(), withoutCommand);
  };
  const send = sender(client);
  return {
    send: (_key, command, isRead) => send(command, isRead),
    masters: async () => ("nodes" in client ? client.nodes("master").map(sender) : [send]),
    ordered: !("nodes" in client),
    oneServer: !("nodes" in client),
    keyPrefix: client.options.keyPrefix ?? "",
  };
}

/** The client's errors carry the command with its arguments: ids and payloads, which belong in no log. */
function withoutCommand(error: unknown): never {
  if (typeof error === "object" && error !== null) Reflect.deleteProperty(error, "command");
  throw error;
}
