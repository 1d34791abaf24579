import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../scripts/services/lib/until.ts";
import { hasRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import { createSessionManager, SessionError, type SessionManager } from "../../src/index.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { Visitor } from "../core/lib/visitor.ts";
import { loopTime } from "../lib/elapsed.ts";
import { type Connection, demoted, replicated, startCluster, startSentinel } from "./lib/failover.ts";

/** For each client: so many that each master of a Cluster has sessions of some. */
const VISITORS = 10;
/** Milliseconds between two requests of a visitor. */
const PAUSE = 50;
/** Seconds. */
const STORE_TIMEOUT = 0.5;
/** Milliseconds: a request opens, updates and commits, within the timeout each; the rest is for a busy machine. */
const HANGS = 3 * STORE_TIMEOUT * 1000 + 1000;
/** Milliseconds from the failure on: it is noticed after one to two seconds, and elections may have to be repeated. */
const BACK = 20_000;

const deployments = { Sentinel: startSentinel, Cluster: startCluster };

const failures = {
  killed: (primary: Service) => primary.kill(),
  frozen: async (primary: Service) => primary.pause(),
};

const cases = (["Sentinel", "Cluster"] as const).flatMap((kind) =>
  (["killed", "frozen"] as const).map((failure) => ({ kind, failure })),
);

describe.skipIf(!hasRedis)("Redis fails over while an application serves", () => {
  it.each(cases)(
    "$kind, primary $failure: none hangs, service is soon back, what was replicated holds",
    { timeout: 90_000 },
    async ({ kind, failure }) => {
      const deployment = await deployments[kind]();
      onTestFinished(() => deployment.stop());
      const groups: Group[] = [];
      for (const connect of deployment.connect) groups.push(await begin(await connect()));
      await replicated(deployment);
      for (const { traffic } of groups) for (const each of traffic) each.begin();
      await sleep(5 * PAUSE);

      const failed = performance.now();
      await failures[failure](deployment.primary);
      const noticing = groups.filter(({ noticesHang }) => noticesHang || failure === "killed");
      await served(noticing, failed);
      expect(performance.now() - failed).toBeLessThan(BACK);
      deployment.primary.resume();
      // Until the old primary knows, it goes on for those who stayed with it, and what it acknowledges is lost.
      if (noticing.length < groups.length) await demoted(deployment);
      const resumed = performance.now();
      await served(groups, resumed);
      await sleep(10 * PAUSE);

      for (const group of groups) {
        for (const each of group.traffic) {
          await each.end();
          expect(each.slowest).toBeLessThan(HANGS);
          const { log } = (await each.visitor.look()).data as { log: string[] };
          expect(log).toContain("before");
          expect(log).toEqual([...new Set(log)]);
          const from = noticing.includes(group) ? failed : resumed;
          expect(log).toEqual(expect.arrayContaining(each.acknowledged(from)));
        }
        for (const thief of group.thieves) expect(await thief.look()).toMatchObject({ isNew: true, data: {} });
      }
    },
  );
});

/** Who comes through one client. */
interface Group {
  noticesHang: boolean;
  traffic: Traffic[];
  /** They hold cookies of sessions that ended. */
  thieves: Visitor[];
}

async function begin({ client, noticesHang, end }: Connection): Promise<Group> {
  onTestFinished(end);
  const store = redisStore({ client });
  const patient = createSessionManager({ store, storeTimeout: "10s" });
  const newVisitors = () => Array.from({ length: VISITORS }, () => new Visitor(patient));

  const visitors = newVisitors();
  for (const visitor of visitors) await visitor.visit((_session, data) => Object.assign(data, { log: ["before"] }));
  const leaving = newVisitors();
  for (const visitor of leaving) await visitor.visit((session) => session.login("somebody"));
  const thieves = leaving.map((visitor) => visitor.fork());
  for (const visitor of leaving) await visitor.visit((session) => session.logout());

  const hasty = createSessionManager({ store, storeTimeout: STORE_TIMEOUT });
  const traffic = visitors.map((visitor) => new Traffic(visitor, hasty));
  for (const each of traffic) onTestFinished(() => each.end());
  return { noticesHang, traffic, thieves };
}

async function served(groups: Group[], since: number): Promise<void> {
  const all = groups.flatMap(({ traffic }) => traffic);
  await until("all are served", async () => all.every((each) => each.acknowledged(since).length > 0));
}

/** A visitor who writes into the log of his session, again and again. */
class Traffic {
  readonly visitor: Visitor;
  /** Milliseconds. */
  slowest = 0;
  readonly #hasty: Visitor;
  readonly #acknowledged: { label: string; began: number }[] = [];
  #done: Promise<void> | undefined;
  #flows = true;

  constructor(visitor: Visitor, manager: SessionManager) {
    this.visitor = visitor;
    this.#hasty = visitor.fork(manager);
  }

  begin(): void {
    this.#done = this.#flow();
  }

  async end(): Promise<void> {
    this.#flows = false;
    await this.#done;
  }

  /** What was asked after `since`, and acknowledged. */
  acknowledged(since: number): string[] {
    return this.#acknowledged.filter(({ began }) => began > since).map(({ label }) => label);
  }

  async #flow(): Promise<void> {
    for (let count = 0; this.#flows; count++) {
      const label = `request ${count}`;
      const began = performance.now();
      const took = await loopTime(async () => {
        if (await this.#write(label)) this.#acknowledged.push({ label, began });
      });
      this.slowest = Math.max(this.slowest, took);
      await sleep(PAUSE);
    }
  }

  async #write(label: string): Promise<boolean> {
    try {
      await this.#hasty.visit((session) =>
        session.update((data) => {
          (data as { log: string[] }).log.push(label);
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof SessionError && error.code === "ERR_STORE") return false;
      throw error;
    }
  }
}
