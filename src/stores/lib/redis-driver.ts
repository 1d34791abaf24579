import type { Buffer } from "node:buffer";
import { type IORedis, type IORedisCluster, ioredisDriver, isIORedis } from "./ioredis.ts";
import {
  isNodeRedis,
  type NodeRedis,
  type NodeRedisCluster,
  type NodeRedisSentinel,
  nodeRedisDriver,
} from "./node-redis.ts";
import { assertOption, clientFault } from "./options.ts";

/** The clients that `redisStore` takes, told by the few methods that it calls. */
export type RedisClient = NodeRedis | NodeRedisCluster | NodeRedisSentinel | IORedis | IORedisCluster;

/** A command as it goes over the wire: its name, in lower case, and its arguments. */
export type RedisCommand = [name: RedisCommandName, ...args: (string | Buffer)[]];

export type RedisCommandName = "get" | "set" | "del" | "pttl" | "zrange" | "scan" | "eval" | "evalsha";

/** Sends one command to one server. Bulk strings come back as `Buffer`. */
export type Send = (command: RedisCommand, isRead?: boolean) => Promise<unknown>;

/** What the store needs of a client, whatever its make and topology. */
export interface RedisDriver {
  /** Sends a command about `key` to the server that holds it. `isRead`: of a script, that it writes nothing. */
  send(key: string, command: RedisCommand, isRead?: boolean): Promise<unknown>;
  /** Every server that holds keys. */
  masters(): Promise<Send[]>;
  /** Whether what is sent in one go reaches one server, in that order. */
  ordered: boolean;
  /** Whether one server holds all keys, as far as the client knows. */
  oneServer: boolean;
  /** What the client itself puts before every key, unseen: it matters to a scan only. */
  keyPrefix: string;
}

const TAKES = "a client of `redis` (5 or later) or `ioredis` (5 or later)";

/** Adapts a client. Throws `TypeError`, naming the option `client`, for what isn't one or isn't connected. */
export function redisDriver(client: RedisClient): RedisDriver {
  if (isIORedis(client)) {
    assertOption(client.status !== "end", "client", "its connection was closed for good; make a new client");
    return ioredisDriver(client);
  }
  assertOption(isNodeRedis(client), "client", clientFault(client, TAKES));
  assertOption(client.isOpen, "client", "it isn't connected; call its connect() first");
  return nodeRedisDriver(client);
}
