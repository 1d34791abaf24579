import { type Counts, count } from "./count.ts";
import { load } from "./load.ts";
import { median } from "./median.ts";
import {
  type Framework,
  type Group,
  type Scenario,
  type StoreName,
  scenarios,
  takesPart,
  type Variant,
} from "./plan.ts";
import type { RedisServer } from "./redis.ts";
import { type Running, start, stop, usageOf, visitorsFor } from "./running.ts";

/** What one variant did in one scenario: medians of the rounds, CPU in microseconds a request, latency in milliseconds. */
export interface Measurement extends Round, Counts {
  framework: Framework;
  store: StoreName;
  scenario: Scenario;
  variant: Variant;
  /** What the sessions cost: CPU less that of the bare application in the same round; and that of each round. */
  cpuOverBare: number;
  rounds: number[];
}

interface Round {
  cpu: number;
  requestsPerSecond: number;
  p50: number;
  p99: number;
}

/** How much is measured. */
export interface Effort {
  rounds: number;
  /** In each round. */
  requests: number;
  /** Of each scenario, twice, before the first round. */
  warmup: number;
}

/** Where the benchmark runs. */
export interface Bench {
  redis: RedisServer;
  folder: string;
  effort: Effort;
  progress: (step: string) => void;
}

/** Measures a group: a process for each variant, and in each round every variant once, so that all share the weather. */
export async function measure(group: Group, bench: Bench): Promise<Measurement[]> {
  const running: Running[] = [];
  try {
    for (const variant of group.variants) {
      running.push(
        await start({
          framework: group.framework,
          store: group.store,
          variant,
          folder: bench.folder,
          redis: bench.redis.url,
        }),
      );
    }
    await warmUp(running, group, bench);
    const measurements: Measurement[] = [];
    for (const scenario of group.scenarios)
      measurements.push(...(await measureScenario(group, scenario, running, bench)));
    return measurements;
  } finally {
    await Promise.all(running.map(stop));
  }
}

/** Every path of every variant often enough to be compiled, so that the first scenario isn't dearer than the last. */
async function warmUp(running: readonly Running[], group: Group, { effort, progress }: Bench): Promise<void> {
  progress(`${group.framework} · ${group.store} · warming up`);
  for (const scenario of [...scenarios, ...scenarios]) {
    for (const server of taking(running, scenario)) {
      await load(visitorsFor(server, scenario), `/${scenario}`, effort.warmup);
    }
  }
}

const taking = (running: readonly Running[], scenario: Scenario): Running[] =>
  running.filter(({ variant }) => takesPart(variant, scenario));

async function measureScenario(
  { framework, store }: Group,
  scenario: Scenario,
  running: readonly Running[],
  bench: Bench,
): Promise<Measurement[]> {
  const servers = taking(running, scenario);
  const step = (what: string): void => bench.progress(`${framework} · ${store} · ${scenario} · ${what}`);
  const rounds = await inTurn(servers, scenario, bench.effort, step);
  const bare = rounds.get("none") ?? [];
  const measurements: Measurement[] = [];
  for (const server of servers) {
    const own = rounds.get(server.variant) ?? [];
    const overBare = own.map(({ cpu }, round) => cpu - (bare[round]?.cpu ?? Number.NaN));
    measurements.push({
      framework,
      store,
      scenario,
      variant: server.variant,
      cpu: median(own.map(({ cpu }) => cpu)),
      cpuOverBare: median(overBare),
      requestsPerSecond: median(own.map(({ requestsPerSecond }) => requestsPerSecond)),
      p50: median(own.map(({ p50 }) => p50)),
      p99: median(own.map(({ p99 }) => p99)),
      ...(await count(server, scenario, store === "redis" ? bench.redis : undefined)),
      rounds: overBare,
    });
  }
  return measurements;
}

/** The rounds of each variant. Each round begins with another one. */
async function inTurn(
  servers: readonly Running[],
  scenario: Scenario,
  { rounds, requests }: Effort,
  step: (what: string) => void,
): Promise<Map<Variant, Round[]>> {
  const results = new Map<Variant, Round[]>(servers.map(({ variant }) => [variant, []]));
  for (let round = 0; round < rounds; round++) {
    step(`round ${round + 1} of ${rounds}`);
    const first = round % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      results.get(server.variant)?.push(await oneRound(server, scenario, requests));
    }
  }
  return results;
}

async function oneRound(server: Running, scenario: Scenario, requests: number): Promise<Round> {
  const before = await usageOf(server);
  const { rate, latencies } = await load(visitorsFor(server, scenario), `/${scenario}`, requests);
  const after = await usageOf(server);
  const at = (quantile: number): number => latencies[Math.floor(quantile * requests)] ?? Number.NaN;
  return { cpu: (after.cpu - before.cpu) / requests, requestsPerSecond: rate, p50: at(0.5), p99: at(0.99) };
}
