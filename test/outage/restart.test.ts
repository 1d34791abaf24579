import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Service } from "../../scripts/services/service.ts";
import { createSessionManager, SessionError } from "../../src/index.ts";
import { loopTime } from "../lib/elapsed.ts";
import { has, type Reached, reach, serverNames } from "./lib/reach.ts";
import { Visitor } from "./lib/visitor.ts";

const VISITORS = 8;
/** Seconds. */
const STORE_TIMEOUT = 0.5;
/** Milliseconds: what takes longer hangs. */
const HANGS = 4 * STORE_TIMEOUT * 1000;

const outages: Record<string, (service: Service) => Promise<void>> = {
  async killed(service) {
    await service.kill();
    await sleep(500);
    await service.restart();
  },
  async stopped(service) {
    await service.restart();
  },
  async frozen(service) {
    service.pause();
    await sleep(900);
    service.resume();
  },
};

describe.each(serverNames)("%s out, and back again, under a manager", (name) => {
  let reached: Reached;
  beforeAll(async () => {
    if (has(name)) reached = await reach(name);
  }, 60_000);
  afterAll(() => reached?.close());

  it.skipIf(!has(name)).each(Object.keys(outages))("%s", { timeout: 60_000 }, async (outage) => {
    const manager = createSessionManager({ store: reached.store, storeTimeout: STORE_TIMEOUT });
    const patient = createSessionManager({ store: reached.store, storeTimeout: 10 });
    const visitors = Array.from({ length: VISITORS }, () => new Visitor(patient));
    for (const visitor of visitors) {
      await visitor.count();
      visitor.manager = manager;
    }

    let isOver = false;
    const [outcomes] = await Promise.all([
      Promise.all(visitors.map((visitor) => visitAgainAndAgain(visitor, () => isOver))),
      sleep(200)
        .then(() => outages[outage]?.(reached.service))
        .finally(() => {
          isOver = true;
        }),
    ]);

    // Its sessions end with the server: also between a read and a write.
    const forgets = name === "memcached" && outage !== "frozen";
    const codes = forgets ? ["ERR_STORE", "ERR_SESSION_ENDED"] : ["ERR_STORE"];
    for (const [index, { counts, keys }] of outcomes.entries()) {
      for (const { error, took } of [...counts, ...keys]) {
        expect(took).toBeLessThan(HANGS);
        if (error !== undefined) expect(codes).toContain((error as SessionError).code);
      }
      if (forgets) continue;
      const visitor = visitors[index] as Visitor;
      visitor.manager = patient;
      const { n, ...set } = await visitor.data();
      const acknowledged = 1 + counts.filter(({ error }) => error === undefined).length;
      expect(n).toBeGreaterThanOrEqual(acknowledged);
      expect(n).toBeLessThanOrEqual(1 + counts.length);
      const lost = keys.filter(({ error, key }) => error === undefined && !(key in set));
      expect(lost).toEqual([]);
    }
    // It was an outage, unless the server was back before anyone noticed.
    const failed = outcomes
      .flatMap(({ counts, keys }) => [...counts, ...keys])
      .filter(({ error }) => error instanceof SessionError);
    if (outage !== "stopped") expect(failed.length).toBeGreaterThan(0);
  });
});

interface Outcome {
  error: unknown;
  /** Milliseconds. */
  took: number;
  key: string;
}

/** Counts, and sets a key at the same time, until the outage is over and both have worked again. */
async function visitAgainAndAgain(
  visitor: Visitor,
  isOver: () => boolean,
): Promise<Record<"counts" | "keys", Outcome[]>> {
  const [counts, keys]: [Outcome[], Outcome[]] = [[], []];
  const works = () => [counts, keys].every((outcomes) => outcomes.at(-1)?.error === undefined);
  for (let round = 0; !isOver() || !works(); round++) {
    const key = `k${round}`;
    const [count, set] = await Promise.all([
      outcomeOf(key, () => visitor.count()),
      outcomeOf(key, () => visitor.set(key)),
    ]);
    counts.push(count);
    keys.push(set);
    await sleep(20);
  }
  return { counts, keys };
}

async function outcomeOf(key: string, request: () => Promise<void>): Promise<Outcome> {
  let error: unknown;
  const took = await loopTime(() =>
    request().catch((reason: unknown) => {
      error = reason;
    }),
  );
  return { error, took, key };
}
