import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { findProgram } from "../../scripts/lib/programs.ts";

const PROGRAM = "redis-server";
const PATIENCE = 10_000;
const found = findProgram(PROGRAM);

/** Whether this machine has Redis. With `CI=true` it must. */
export const hasRedis: boolean = found !== undefined;
if (!hasRedis && process.env["CI"] === "true") throw new Error(`CI=true, and ${PROGRAM} isn't installed.`);

export interface RedisServer {
  url: string;
  port: number;
  /** Stops it as an operator would, and removes its files. */
  stop(): Promise<void>;
  /** kill -9. What it kept on disk stays, for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port, stopping it first if it runs. */
  restart(): Promise<void>;
  /** Freezes it: its connections stay open, and nothing answers. */
  pause(): void;
  resume(): void;
}

/** Starts a server on a free port of loopback. Nothing is kept on disk, unless `appendonly` asks for every write. */
export async function startRedis(options: { appendonly?: boolean } = {}): Promise<RedisServer> {
  return start(await freePort(), options.appendonly ? ["appendonly yes", "appendfsync always"] : []);
}

export interface RedisCluster {
  /** One for each of the three masters. */
  urls: string[];
  nodes: RedisServer[];
  stop(): Promise<void>;
}

/** Starts three masters that share the slots. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const buses = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes = await Promise.all(buses.map(startNode));
  const ranges = [
    [0, 5460],
    [5461, 10_922],
    [10_923, 16_383],
  ];
  await Promise.all(
    nodes.map(async ({ url }, index) => {
      const [first = 0, last = 0] = ranges[index] ?? [];
      await ask(url, ["CLUSTER", "SET-CONFIG-EPOCH", String(index + 1)]);
      const slots = Array.from({ length: last - first + 1 }, (_, slot) => String(first + slot));
      await ask(url, ["CLUSTER", "ADDSLOTS", ...slots]);
    }),
  );
  for (const { url } of nodes) {
    for (const [index, { port }] of nodes.entries()) {
      await ask(url, ["CLUSTER", "MEET", "127.0.0.1", String(port), String(buses[index])]);
    }
  }
  for (const { url } of nodes) {
    await until(async () => {
      const info = await ask(url, ["CLUSTER", "INFO"]);
      return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3");
    });
  }
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  return { urls: nodes.map(({ url }) => url), nodes, stop };
}

/** Starts a server and one Sentinel that watches it, as master `main`. */
export async function startRedisSentinel(): Promise<{ host: string; port: number; stop(): Promise<void> }> {
  const master = await startRedis();
  const port = await freePort();
  const sentinel = await start(port, [`sentinel monitor main 127.0.0.1 ${master.port} 1`], ["--sentinel"]);
  const stop = async () => {
    await Promise.all([sentinel.stop(), master.stop()]);
  };
  return { host: "127.0.0.1", port, stop };
}

async function startNode(bus: number): Promise<RedisServer> {
  return start(await freePort(), ["cluster-enabled yes", `cluster-port ${bus}`, "cluster-node-timeout 2000"]);
}

async function start(port: number, settings: string[], flags: string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), "dewar-redis-"));
  const url = `redis://127.0.0.1:${port}`;
  const config = join(folder, "redis.conf");
  const saving = flags.length === 0 ? ['save ""'] : [];
  await writeFile(config, [`port ${port}`, "bind 127.0.0.1", `dir ${folder}`, ...saving, ...settings, ""].join("\n"));
  let server: ChildProcess | undefined;

  const launch = async () => {
    const child = spawn(found ?? PROGRAM, [config, ...flags], { stdio: "ignore" });
    server = child;
    const watchdog = watch(child, folder);
    child.once("exit", () => watchdog.kill("SIGKILL"));
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${PROGRAM} ended at its start, with code ${child.exitCode}.`);
      // Where it reads its files, it answers LOADING.
      return (await ask(url, ["PING"]).catch(() => "")) === "PONG";
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    const child = server;
    server = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    // A frozen one would never see the signal.
    child.kill("SIGCONT");
    await exited;
  };

  await launch();
  return {
    url,
    port,
    stop: async () => {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGTERM");
      await launch();
    },
    pause: () => void server?.kill("SIGSTOP"),
    resume: () => void server?.kill("SIGCONT"),
  };
}

/** Ends a server, and removes its files, when this process ends in whatever way: its end of the pipe closes. */
function watch({ pid }: ChildProcess, folder: string): ChildProcess {
  const script = `read _; kill -9 ${pid}; rm -rf "$0"`;
  return spawn("sh", ["-c", script, folder], { stdio: ["pipe", "ignore", "ignore"] });
}

/** Sends one command over a connection of its own. "" while the server doesn't answer. */
async function ask(url: string, command: string[]): Promise<string> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on("error", () => {});
  try {
    await client.connect();
  } catch {
    return "";
  }
  try {
    return String(await client.sendCommand(command));
  } finally {
    client.destroy();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const start = performance.now(); !(await isSo()); await sleep(20)) {
    if (performance.now() - start > PATIENCE) throw new Error(`${PROGRAM} isn't ready after ${PATIENCE} ms.`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
