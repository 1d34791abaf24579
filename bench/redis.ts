import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createClient } from "redis";
import { pin } from "./pin.ts";

/** A server of the benchmark's own, and what its clients ask of it. */
export interface RedisServer {
  url: string;
  /** The commands that clients send while `work` runs: one for each round trip, without those inside of scripts. */
  commandsDuring(work: () => Promise<void>): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts redis-server on a free port, with its files, if any, in `folder`. */
export async function startRedis(folder: string): Promise<RedisServer> {
  const port = await freePort();
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill());
  await ready(server);
  pin(server.pid, "other");
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    commandsDuring: (work) => commandsDuring(url, work),
    async stop() {
      const stopped = once(server, "exit");
      server.kill();
      await stopped;
    },
  };
}

async function ready(server: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.on("error", (cause) => {
      reject(new Error("redis-server can't be started: install it (Debian: apt-get install redis-server)", { cause }));
    });
    server.on("exit", () => reject(new Error(`redis-server ended at its start: ${log}`)));
    server.stdout?.on("data", (chunk: Buffer) => {
      log = (log + chunk).slice(-4096);
      if (log.includes("Ready to accept connections")) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** By MONITOR, which tells a client's commands from a script's; INFO's counters add them up. */
async function commandsDuring(url: string, work: () => Promise<void>): Promise<string[]> {
  const [watcher, marker] = await Promise.all([createClient({ url }).connect(), createClient({ url }).connect()]);
  const commands: string[] = [];
  const marks: (() => void)[] = [];
  await watcher.monitor((line) => {
    const [, source, command = ""] = /^[\d.]+ \[\d+ (\S+)\] "([^"]*)"/.exec(String(line)) ?? [];
    if (command === "ECHO") marks.shift()?.();
    else if (source !== "lua") commands.push(command.toUpperCase());
  });
  /** Resolves when the watcher has seen all that was sent so far. */
  const mark = async (): Promise<void> => {
    const seen = new Promise<void>((resolve) => marks.push(resolve));
    await marker.echo("mark");
    await seen;
  };
  await mark();
  commands.length = 0;
  await work();
  await mark();
  watcher.destroy();
  marker.destroy();
  return commands;
}
