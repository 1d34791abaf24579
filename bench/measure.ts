import { askedByProcess, type Counter, type Counts, count } from "./count.ts";
import { load } from "./load.ts";
import { median } from "./median.ts";
import { hosted } from "./place.ts";
import {
  type Framework,
  type Group,
  type Scenario,
  type StoreName,
  scenarios,
  takesPart,
  type Variant,
} from "./plan.ts";
import { type Running, start, stop, usageOf, visitorsFor } from "./running.ts";
import { moduleOf } from "./stores/index.ts";

/** What one variant did in one scenario: medians of the rounds, CPU in microseconds a request, latency in milliseconds. */
export interface Measurement extends Round, Counts {
  framework: Framework;
  store: StoreName;
  scenario: Scenario;
  variant: Variant;
  /** What the sessions cost: CPU less that of the bare application in the same round. */
  cpuOverBare: number;
  rounds: (Round & { cpuOverBare: number })[];
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
  /** Requests a second, at most: else as many as get answers. */
  pace?: number;
}

/** How the benchmark runs. */
export interface Bench {
  effort: Effort;
  progress: (step: string) => void;
}

/** A group, while its processes run. */
interface Course extends Bench {
  group: Group;
  running: readonly Running[];
  counter: Counter;
}

/** Measures a group: a process for each variant, and in each round every variant once, so that all share the weather. */
export async function measure(group: Group, bench: Bench): Promise<Measurement[]> {
  const { framework, store } = group;
  bench.progress(`${framework} · ${store} · starting`);
  const module = await moduleOf(store);
  return await hosted(module, async (place) => {
    const running: Running[] = [];
    try {
      for (const variant of group.variants) running.push(await start({ framework, store, variant, place }));
      const asked = module?.commandsDuring;
      const counter: Counter = asked ? (_server, work) => asked(place.url, work) : askedByProcess;
      const course = { ...bench, group, running, counter };
      await warmUp(course);
      const measurements: Measurement[] = [];
      for (const scenario of group.scenarios) measurements.push(...(await measureScenario(scenario, course)));
      return measurements;
    } finally {
      await Promise.all(running.map(stop));
    }
  });
}

/** Every path of every variant often enough to be compiled, so that the first scenario isn't dearer than the last. */
async function warmUp({ group, running, effort, progress }: Course): Promise<void> {
  progress(`${group.framework} · ${group.store} · warming up`);
  for (const scenario of [...scenarios, ...scenarios]) {
    for (const server of taking(running, scenario)) {
      await load(visitorsFor(server, scenario), `/${scenario}`, effort.warmup);
    }
  }
}

const taking = (running: readonly Running[], scenario: Scenario): Running[] =>
  running.filter(({ variant }) => takesPart(variant, scenario));

async function measureScenario(scenario: Scenario, course: Course): Promise<Measurement[]> {
  const { framework, store } = course.group;
  const servers = taking(course.running, scenario);
  const all = await inTurn(servers, scenario, course);
  const bare = all.get("none") ?? [];
  const measurements: Measurement[] = [];
  for (const server of servers) {
    const rounds = (all.get(server.variant) ?? []).map((round, index) => ({
      ...round,
      cpuOverBare: round.cpu - (bare[index]?.cpu ?? Number.NaN),
    }));
    const middle = (figure: "cpuOverBare" | keyof Round): number => median(rounds.map((round) => round[figure]));
    measurements.push({
      framework,
      store,
      scenario,
      variant: server.variant,
      cpu: middle("cpu"),
      cpuOverBare: middle("cpuOverBare"),
      requestsPerSecond: middle("requestsPerSecond"),
      p50: middle("p50"),
      p99: middle("p99"),
      ...(await count(server, scenario, course.counter)),
      rounds,
    });
  }
  return measurements;
}

/** The rounds of each variant. Each round begins with another one. */
async function inTurn(
  servers: readonly Running[],
  scenario: Scenario,
  { group, effort, progress }: Course,
): Promise<Map<Variant, Round[]>> {
  const results = new Map<Variant, Round[]>(servers.map(({ variant }) => [variant, []]));
  for (let round = 0; round < effort.rounds; round++) {
    progress(`${group.framework} · ${group.store} · ${scenario} · round ${round + 1} of ${effort.rounds}`);
    const first = round % servers.length;
    for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
      results.get(server.variant)?.push(await oneRound(server, scenario, effort));
    }
  }
  return results;
}

async function oneRound(server: Running, scenario: Scenario, { requests, pace }: Effort): Promise<Round> {
  const before = await usageOf(server);
  const { rate, latencies } = await load(visitorsFor(server, scenario), `/${scenario}`, requests, pace);
  const after = await usageOf(server);
  const at = (quantile: number): number => latencies[Math.floor(quantile * requests)] ?? Number.NaN;
  return { cpu: (after.cpu - before.cpu) / requests, requestsPerSecond: rate, p50: at(0.5), p99: at(0.99) };
}
