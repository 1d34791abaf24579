import { Buffer, isUtf8 } from "node:buffer";
import type { RedisCommand, RedisDriver, Send } from "./redis-driver.ts";

/** The client drops a command that it could not write for so long, since the connection is down or stuck. */
const LONGEST_WAIT_MS = 5_000;
const MOMENT_MS = 100;

interface CommandOptions {
  /** Asks for `Buffer`s: 36 is "$", by which RESP announces a bulk string. */
  typeMapping: { 36: typeof Buffer };
  timeout: 0;
  abortSignal: AbortSignal;
}

let options: CommandOptions | undefined;
let optionsEnd = 0;

/** The client's own `timeout` makes a timer for each command, at a fifth of what a write costs: a moment's share one. */
function currentOptions(): CommandOptions {
  const now = performance.now();
  if (options !== undefined && now < optionsEnd) return options;
  options = { typeMapping: { 36: Buffer }, timeout: 0, abortSignal: AbortSignal.timeout(LONGEST_WAIT_MS) };
  optionsEnd = now + MOMENT_MS;
  return options;
}

interface Connectable {
  readonly isOpen: boolean;
}

/** A client of `redis` for one server, or its pool of clients (which has `execute`). */
export interface NodeRedis extends Connectable {
  execute?: unknown;
  sendCommand(command: RedisCommand, options: CommandOptions): Promise<unknown>;
}

/** The Cluster of `redis`. */
export interface NodeRedisCluster extends Connectable {
  readonly masters: readonly unknown[];
  nodeClient(node: unknown): Promise<NodeRedis>;
  sendCommand(firstKey: string, readOnly: boolean, command: RedisCommand, options: CommandOptions): Promise<unknown>;
}

/** The Sentinel client of `redis`. */
export interface NodeRedisSentinel extends Connectable {
  getMasterNode(): unknown;
  sendCommand(readOnly: boolean, command: RedisCommand, options: CommandOptions): Promise<unknown>;
}

/** Tells a client of `redis` from anything else; `withTypeMapping` came with its version 5. */
export function isNodeRedis(client: unknown): client is NodeRedis | NodeRedisCluster | NodeRedisSentinel {
  return typeof client === "object" && client !== null && "sendCommand" in client && "withTypeMapping" in client;
}

/** Drives a client of `redis`, whose `sendCommand` takes other arguments for each topology. */
export function nodeRedisDriver(client: NodeRedis | NodeRedisCluster | NodeRedisSentinel): RedisDriver {
  if ("nodeClient" in client) {
    return {
      send: (key, command) => client.sendCommand(key, false, asText(command), currentOptions()),
      masters: async () => {
        const nodes = await Promise.all(client.masters.map((node) => client.nodeClient(node)));
        return nodes.map(
          (node): Send =>
            (command) =>
              node.sendCommand(command, currentOptions()),
        );
      },
      ordered: false,
      oneServer: false,
      keyPrefix: "",
    };
  }
  const send: Send =
    "getMasterNode" in client
      ? (command) => client.sendCommand(false, asText(command), currentOptions())
      : (command) => client.sendCommand(asText(command), currentOptions());
  return {
    send: (_key, command) => send(command),
    masters: async () => [send],
    ordered: !("getMasterNode" in client || "execute" in client),
    oneServer: true,
    keyPrefix: "",
  };
}

/** The client writes each Buffer to the socket by itself, and all text at once: so bytes that text gives back are text. */
function asText([name, ...args]: RedisCommand): RedisCommand {
  return [name, ...args.map((part) => (typeof part === "string" || !isUtf8(part) ? part : part.toString()))];
}
