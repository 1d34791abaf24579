import { setTimeout as sleep } from "node:timers/promises";
import { createSessionManager, SessionError, type SessionManager, type Store } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { places } from "../services/places.ts";
import { startRedisCluster } from "../services/redis-cluster.ts";
import { startRedisSentinel } from "../services/redis-sentinel.ts";
import type { Service } from "../services/service.ts";

const RUNS = 3;
const VISITORS = 20;
/** Milliseconds between two requests of a visitor. */
const PAUSE = 25;
/** Milliseconds. */
const STORE_TIMEOUT = 500;
/** Milliseconds without a failure, after which it is over. */
const QUIET = 3000;
/** Milliseconds after which something is wrong with the measurement. */
const PATIENCE = 60_000;

/** What `docs/data/outages.json` holds: of each case, what its runs found. */
export interface OutageReport {
  date: string;
  storeTimeout: number;
  visitors: number;
  cases: Record<string, OutageRun[]>;
}

/** Milliseconds. */
interface OutageRun {
  /** From the failure until every visitor was served again. */
  back: number;
  /** The longest that a request took. */
  slowest: number;
}

interface Deployment {
  url: string;
  /** Whose end is the outage. */
  server: Service;
  stop(): Promise<void>;
}

const failingOver = (start: () => Promise<Service & { primary?: Service; nodes?: Service[] }>) => async () => {
  const set = await start();
  const server = set.primary ?? set.nodes?.[0];
  if (server === undefined) throw new Error("Who is the primary?");
  return { url: set.url, server, stop: () => set.stop() };
};

const restarting = (kind: "redis" | "memcached" | "postgres" | "mysql") => async (): Promise<Deployment> => {
  const { service, stop, url } = await places[kind].start();
  if (service === undefined) throw new Error(`${kind} has no server.`);
  return { url: /^(postgres|mysql):/.test(url) ? `${url}?createTable=true` : url, server: service, stop };
};

const killed = (server: Service) => server.kill();
const frozen = async (server: Service) => server.pause();
const restarted = (server: Service) => server.restart();

const CASES: Record<string, { start: () => Promise<Deployment>; fail: (server: Service) => Promise<void> }> = {
  "Redis Sentinel, primary killed": { start: failingOver(() => startRedisSentinel({ patience: 1000 })), fail: killed },
  "Redis Sentinel, primary frozen": { start: failingOver(() => startRedisSentinel({ patience: 1000 })), fail: frozen },
  "Redis Cluster, a primary killed": { start: failingOver(() => startRedisCluster({ patience: 2000 })), fail: killed },
  "Redis, restarted": { start: restarting("redis"), fail: restarted },
  "Memcached, restarted": { start: restarting("memcached"), fail: restarted },
  "PostgreSQL, restarted": { start: restarting("postgres"), fail: restarted },
  "MariaDB, restarted": { start: restarting("mysql"), fail: restarted },
};

export async function measureOutages(only: string, before?: OutageReport): Promise<OutageReport> {
  const cases: OutageReport["cases"] = { ...before?.cases };
  for (const [name, { start, fail }] of Object.entries(CASES)) {
    if (!name.toLowerCase().startsWith(only.toLowerCase())) continue;
    const runs: OutageRun[] = [];
    while (runs.length < RUNS) runs.push(await run(start, fail));
    cases[name] = runs;
    console.error(`${name}: ${runs.map(({ back, slowest }) => `${back} ms, slowest ${slowest} ms`).join("; ")}`);
  }
  return { date: new Date().toISOString().slice(0, 10), storeTimeout: STORE_TIMEOUT, visitors: VISITORS, cases };
}

async function run(start: () => Promise<Deployment>, fail: (server: Service) => Promise<void>): Promise<OutageRun> {
  const { url, server, stop } = await start();
  let store: Store | undefined;
  try {
    store = await connectStore(url);
    const manager = createSessionManager({ store, storeTimeout: STORE_TIMEOUT / 1000 });
    const visitors = Array.from({ length: VISITORS }, () => new Visitor(manager));
    for (const visitor of visitors) await visitor.request();
    const flows = visitors.map((visitor) => visitor.flow());
    await sleep(500);
    const failed = performance.now();
    await fail(server);
    const isOver = () => {
      const now = performance.now();
      return (
        now > failed + QUIET &&
        visitors.every(({ failedAt, recoveredAt }) => failedAt < now - QUIET && recoveredAt >= failedAt)
      );
    };
    while (!isOver()) {
      if (performance.now() - failed > PATIENCE) throw new Error(`Not all were served again within ${PATIENCE} ms.`);
      await sleep(10);
    }
    for (const visitor of visitors) visitor.leave();
    await Promise.all(flows);
    const back = Math.max(failed, ...visitors.map(({ recoveredAt }) => recoveredAt)) - failed;
    return { back: Math.round(back), slowest: Math.round(Math.max(...visitors.map(({ slowest }) => slowest))) };
  } finally {
    server.resume();
    await store?.close?.();
    await stop();
  }
}

/** Someone who changes a session again and again. */
class Visitor {
  slowest = 0;
  /** When the last request failed, and when the first one after it didn't. */
  failedAt = 0;
  recoveredAt = 0;
  readonly #manager: SessionManager;
  #cookie: string | undefined;
  #flows = true;

  constructor(manager: SessionManager) {
    this.#manager = manager;
  }

  async request(): Promise<void> {
    const session = await this.#manager.open(this.#cookie);
    Object.assign(session.data, { at: performance.now() });
    for (const [name, value] of await this.#manager.commit(session)) {
      if (name === "Set-Cookie") this.#cookie = value.split(";")[0];
    }
  }

  async flow(): Promise<void> {
    while (this.#flows) {
      const began = performance.now();
      const failed = await this.request().then(() => false, isOutage);
      const now = performance.now();
      if (failed) this.failedAt = now;
      else if (this.recoveredAt < this.failedAt) this.recoveredAt = now;
      this.slowest = Math.max(this.slowest, now - began);
      await sleep(PAUSE);
    }
  }

  leave(): void {
    this.#flows = false;
  }
}

function isOutage(error: unknown): true {
  if (error instanceof SessionError && error.code === "ERR_STORE") return true;
  throw error;
}
