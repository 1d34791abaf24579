import { request } from "./load.ts";
import type { Scenario } from "./plan.ts";
import type { RedisServer } from "./redis.ts";
import { type Running, usageOf, visitorsFor } from "./running.ts";

/** What a request costs in round trips, and whether its answer sets a cookie. */
export interface Counts {
  /** Store commands a request: what Redis received, or calls of the store. */
  commands: number;
  /** On Redis, which. */
  commandNames: string[];
  setsCookie: boolean;
}

const requests = 40;

/** Counts exactly, one request after the other. */
export async function count(server: Running, scenario: Scenario, redis: RedisServer | undefined): Promise<Counts> {
  let cookies = 0;
  const work = async (): Promise<void> => {
    for (let turn = 0; turn < requests; turn++) {
      const visitors = visitorsFor(server, scenario);
      const visitor = visitors[turn % visitors.length];
      if (visitor) cookies += (await request(visitor, `/${scenario}`)).length;
    }
  };
  const before = await usageOf(server);
  const sent = redis ? await redis.commandsDuring(work) : await work().then(() => []);
  const after = await usageOf(server);
  return {
    commands: (redis ? sent.length : after.calls - before.calls) / requests,
    commandNames: [...new Set(sent)].sort(),
    setsCookie: cookies > 0,
  };
}
