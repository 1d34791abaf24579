import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { RedisCommand, RedisDriver } from "./redis-driver.ts";

/** A Lua script. `isRead`: done twice, it is as if done once. Times are spans, in milliseconds, so that the clocks of client and server may differ. */
export interface Script {
  source: string;
  sha: string;
  isRead: boolean;
}

function lua(source: string, { isRead = false } = {}): Script {
  return { source, sha: createHash("sha1").update(source).digest("hex"), isRead };
}

/** Writes over the payload that was read, and only that: 0 done, 1 changed meanwhile, 2 not there. */
export const REPLACE: Script = lua(`
local stored = redis.call('GET', KEYS[1])
if not stored then return 2 end
if stored ~= ARGV[1] then return 1 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 0`);

/** Reads, and moves the end from before ARGV[1] to ARGV[2], never nearer: payload, whether it moved, what it has left. */
export const READ_AND_RENEW: Script = lua(`
local payload = redis.call('GET', KEYS[1])
if not payload then return false end
local left = redis.call('PTTL', KEYS[1])
if left < 0 or left >= tonumber(ARGV[1]) or left >= tonumber(ARGV[2]) then return {payload, 0, left} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {payload, 1, tonumber(ARGV[2])}`);

/**
 * Adds id ARGV[1] to a subject's list until ARGV[2] from now, and drops what is past its time; the list lives as long as
 * its furthest entry. All by the server's clock, with a minute to spare for that of the node which keeps the record.
 */
export const ADD_TO_LIST: Script = lua(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], 'GT', now + ARGV[2] + 60000, ARGV[1])
redis.call('PEXPIREAT', KEYS[1], redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])
return 0`);

/**
 * Reads many: payload and what it has left, of each that is there; fewer than asked for, when these are a megabyte already.
 * For one server: keys of a Cluster are on several.
 */
export const READ_ALL: Script = lua(
  `
local found, bytes = {}, 0
for index, key in ipairs(KEYS) do
  local payload = redis.call('GET', key)
  found[index] = payload and {payload, redis.call('PTTL', key)}
  bytes = bytes + (payload and #payload or 0)
  if bytes > 1048576 then break end
end
return found`,
  { isRead: true },
);

/** Runs a script by its hash; a server that doesn't know it (new, restarted, flushed) gets the source. */
export async function run(
  driver: RedisDriver,
  script: Script,
  keys: readonly string[],
  args: readonly (string | Buffer)[],
): Promise<unknown> {
  const [key = ""] = keys;
  const given = [String(keys.length), ...keys, ...args];
  const command = (name: "eval" | "evalsha", body: string): RedisCommand => [name, body, ...given];
  try {
    return await driver.send(key, command("evalsha", script.sha), script.isRead);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return driver.send(key, command("eval", script.source), script.isRead);
  }
}
