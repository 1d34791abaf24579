/**
 * In Redis a session is two keys: its entry in the user's list, and its record. Here a process is held, or ends, at each
 * command of a login or a regeneration, between the two as well.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import { acts } from "./lib/acts.ts";
import { crashAtEachPoint } from "./lib/crash.ts";
import { atEachPoint } from "./lib/each-point.ts";
import { connectRedisProcess, type RedisProcess, redisClients } from "./lib/redis.ts";

/** Reads, lists, stores, retires the former: before and after each. */
const COMMANDS = 4;

describe.skipIf(!hasRedis).each(redisClients)("%s", (name) => {
  let server: Service;
  let one: RedisProcess;
  let two: RedisProcess;
  beforeAll(async () => {
    server = await startRedis();
    [one, two] = [await connectRedisProcess(name, server.url), await connectRedisProcess(name, server.url)];
  });
  afterAll(async () => {
    for (const { end } of [one, two]) end();
    await server.stop();
  });

  const processes = () => ({ slow: one.pausing, points: one.points, quick: two.store });

  describe.each(acts.filter(({ kind }) => kind === "move"))("a slow $name", (slow) => {
    it.each(acts)("is held at each command, while a quick $name comes between", async (quick) => {
      expect(await atEachPoint(slow, quick, processes())).toBeGreaterThanOrEqual(2 * 2 * COMMANDS);
    });

    it("ends with its process at each command, and leaves nothing that isn't listed", async () => {
      expect(await crashAtEachPoint(slow, processes())).toBeGreaterThanOrEqual(2 * COMMANDS);
    });
  });
});
