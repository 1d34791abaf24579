import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../scripts/services/lib/until.ts";
import { type PlaceName, places } from "../../scripts/services/places.ts";
import { hasRedis } from "../../scripts/services/redis.ts";

const servers: PlaceName[] = ["redis", "memcached", "postgres", "mysql", "mongodb"];

describe.each(servers)("the service %s", { timeout: 60_000 }, (name) => {
  it.skipIf(!places[name].available)("is killed, restarted on its port, frozen, and gone when stopped", async () => {
    const { service, stop } = await places[name].start();
    onTestFinished(stop);
    if (!service) throw new Error(`${name} has no server`);
    const { port } = service;
    expect(await listens(port)).toBe(true);

    await service.kill();
    expect(await listens(port)).toBe(false);
    await service.restart();
    expect(await listens(port)).toBe(true);

    service.pause();
    await service.restart();
    expect(await listens(port)).toBe(true);

    await stop();
    expect(await listens(port)).toBe(false);
  });
});

describe("npm run services", { timeout: 60_000 }, () => {
  it.skipIf(!hasRedis).each(["SIGINT", "SIGTERM"] as const)("keeps them up until %s", async (signal) => {
    const command = run(["--json", "redis", "sqlite"]);
    const { redis, sqlite } = JSON.parse(await firstOutput(command)) as Record<string, string>;
    expect(sqlite).toMatch(/^sqlite:/);
    const port = Number(new URL(redis ?? "").port);
    expect(await listens(port)).toBe(true);

    command.kill(signal);
    expect(await once(command, "exit")).toEqual([0, null]);
    expect(await listens(port)).toBe(false);
  });

  it.skipIf(!hasRedis)("takes them along when it is killed", async () => {
    const command = run(["redis"]);
    const [, redis = ""] = (await firstOutput(command)).trim().split("\t");
    const port = Number(new URL(redis).port);
    expect(await listens(port)).toBe(true);

    command.kill("SIGKILL");
    await until("Redis is gone", async () => !(await listens(port)));
  });

  it("refuses a name that there isn't", async () => {
    const command = run(["oracle"]);
    const said = command.stderr ? text(command.stderr) : "";
    expect(await once(command, "exit")).toEqual([2, null]);
    expect(await said).toMatch(/There is no "oracle"\.\n.*\n.*\n.*Names: .*mongodb/);
  });

  it("says what is missing for a name, and how to get it", async () => {
    const command = run(["postgres"], { DEWAR_WITHOUT: "postgres", CI: "" });
    const said = command.stderr ? text(command.stderr) : "";
    expect(await once(command, "exit")).toEqual([1, null]);
    expect(await said).toContain("postgres: apt-get install postgresql");
  });
});

function run(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const command = spawn(process.execPath, ["scripts/services.ts", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void command.kill());
  return command;
}

async function firstOutput({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error("no output is piped");
  const [bytes] = (await once(stdout, "data")) as [Buffer];
  return bytes.toString();
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
