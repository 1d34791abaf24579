import { createClient, type RedisClientType } from "redis";
import { READ_AND_RENEW, REPLACE } from "../src/stores/lib/redis-scripts.ts";
import { sample } from "./apps/sample.ts";
import { median } from "./median.ts";
import { pin } from "./pin.ts";
import { hosted } from "./place.ts";
import { progress } from "./progress.ts";
import { keep, kept } from "./results.ts";
import type { Options } from "./run.ts";
import * as redis from "./stores/redis.ts";
import { plain, ratioText, type Table } from "./tables.ts";

/** What one command costs: microseconds of CPU, and how that compares with `GET` in the same round. */
export interface Cost {
  command: string;
  client: number;
  server: number;
  ofGet: { client: number; server: number; both: number };
}

/** What a run found. */
export interface CostReport {
  costs: Cost[];
}

interface Sample {
  client: number;
  server: number;
}

const file = "commands";
const inFlight = 16;
const week = `${7 * 24 * 60 * 60 * 1000}`;
const hour = `${60 * 60 * 1000}`;
const key = "session:measured";
const text = JSON.stringify(sample());

/** What a session could be read and written by. Each is run on a key that is there, with what it expects there. */
const candidates: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["GET", ["GET", key]],
  ["GETEX … PX", ["GETEX", key, "PX", week]],
  ["script: read, and renew if due", ["EVALSHA", READ_AND_RENEW.sha, "1", key, hour, week]],
  ["SET … XX PX", ["SET", key, text, "XX", "PX", week]],
  ["script: compare and swap", ["EVALSHA", REPLACE.sha, "1", key, text, text, week]],
];

/** What Redis commands cost client and server: prints a table, and keeps it. */
export async function run({ quick }: Options): Promise<void> {
  const rounds = quick ? 3 : 31;
  const requests = quick ? 1000 : 10_000;
  const report = await hosted(redis, async ({ url }) => {
    pin(process.pid, "server");
    const client = (await createClient({ url }).connect()) as RedisClientType;
    for (const { source } of [READ_AND_RENEW, REPLACE]) await client.scriptLoad(source);
    await client.set(key, text, { expiration: { type: "PX", value: Number(week) } });
    const samples = await inTurn(client, rounds, requests);
    client.destroy();
    return { costs: costsOf(samples) };
  });
  progress("");
  process.stdout.write(`${plain(tableOf(report))}\n`);
  if (!quick) keep(file, report);
}

/** The last report that was kept. */
export const costsKept = (): CostReport | undefined => kept<CostReport>(file);

/** A row for each command. */
export function tableOf({ costs }: CostReport): Table {
  return [
    ["", "client", "server", "both", "client µs", "server µs"],
    ...costs.map(({ command, client, server, ofGet }) => [
      command,
      ratioText(ofGet.client),
      ratioText(ofGet.server),
      ratioText(ofGet.both),
      client.toFixed(1),
      server.toFixed(1),
    ]),
  ];
}

/** Each command once a round; the first round warms up. */
async function inTurn(client: RedisClientType, rounds: number, requests: number): Promise<Sample[][]> {
  const samples = candidates.map((): Sample[] => []);
  for (let round = 0; round <= rounds; round++) {
    progress(`commands · round ${round} of ${rounds}`);
    for (const [at, [, command]] of candidates.entries()) {
      const taken = await cpuOf(client, command, requests);
      if (round > 0) samples[at]?.push(taken);
    }
  }
  return samples;
}

async function cpuOf(client: RedisClientType, command: readonly string[], requests: number): Promise<Sample> {
  const serverBefore = await serverCpu(client);
  const before = process.cpuUsage();
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent++ < requests) await client.sendCommand(command);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const { user, system } = process.cpuUsage(before);
  return { client: (user + system) / requests, server: ((await serverCpu(client)) - serverBefore) / requests };
}

async function serverCpu(client: RedisClientType): Promise<number> {
  const info = await client.info("cpu");
  const seconds = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
  return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6;
}

function costsOf(samples: readonly (readonly Sample[])[]): Cost[] {
  const get = samples[0] ?? [];
  return candidates.map(([command], at) => {
    const own = samples[at] ?? [];
    const ofGet = (figure: (sample: Sample) => number): number =>
      median(own.map((sample, round) => figure(sample) / figure(get[round] ?? { client: Number.NaN, server: 0 })));
    return {
      command,
      client: median(own.map(({ client }) => client)),
      server: median(own.map(({ server }) => server)),
      ofGet: {
        client: ofGet(({ client }) => client),
        server: ofGet(({ server }) => server),
        both: ofGet(({ client, server }) => client + server),
      },
    };
  });
}
