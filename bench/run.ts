import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Effort, type Measurement, measure } from "./measure.ts";
import { pin } from "./pin.ts";
import { type Group, plan } from "./plan.ts";
import { startRedis } from "./redis.ts";
import { report, toJson } from "./report.ts";
import { targets } from "./targets.ts";

const help = `npm run bench -- [options]

What a session costs a request, beside a hand-written minimum and the peers.

  --quick         fewer and shorter rounds: a first impression, too noisy to judge by
  --only a,b,…    only these frameworks (express, fastify), stores (redis, sqlite, memory, cookie),
                  scenarios (untouched, read, write, new) or variants (minimum, dewar, lazy, peer)
  --json          print JSON instead of tables
  --help          this text

A full run is also written to bench/results/latest.json.
`;

const thorough: Effort = { rounds: 31, requests: 800, warmup: 3000 };
const quick: Effort = { rounds: 9, requests: 800, warmup: 3000 };

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const only = values.only.split(",").filter((word) => word !== "");
  const effort = values.quick ? quick : thorough;
  const all = await measureAll(plan(only), effort);
  const reached = targets(all);
  const json = toJson(all, reached, effort);
  process.stdout.write(values.json ? json : `${report(all, reached)}\n`);
  if (only.length === 0 && !values.quick) writeFileSync(new URL("results/latest.json", import.meta.url), json);
}

async function measureAll(groups: readonly Group[], effort: Effort): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "dewar-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  const redis = await startRedis(folder);
  const pinned = pin(process.pid, "other");
  if (!pinned) process.stderr.write("The processes share all CPUs (for steadier figures: two of them, and taskset).\n");
  try {
    const all: Measurement[] = [];
    for (const group of groups) all.push(...(await measure(group, { redis, folder, effort, progress })));
    return all;
  } finally {
    progress("");
    await redis.stop();
  }
}

/** One line that is written over; only for who watches. */
function progress(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${step}`);
}
