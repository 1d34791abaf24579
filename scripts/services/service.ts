import { type ChildProcess, spawn } from "node:child_process";
import { chown, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, type ProgramName } from "../lib/programs.ts";
import { freePort } from "./lib/ports.ts";
import { signalTree, watch } from "./lib/processes.ts";
import { until } from "./lib/until.ts";
import { ordinaryUser } from "./lib/user.ts";

/** A server on loopback, for a test or a developer. It ends with the process that started it, in whatever way that ends. */
export interface Service {
  /** As `connectStore` takes it. */
  url: string;
  port: number;
  /** Stops it as an operator would, and removes its files. */
  stop(): Promise<void>;
  /** kill -9. What it kept on disk stays, for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port with what it kept on disk, stopping it first if it runs. */
  restart(): Promise<void>;
  /** Freezes it: its connections stay open, and nothing answers. */
  pause(): void;
  resume(): void;
}

/** How to run one program. */
export interface Recipe {
  /** For messages and the folder. */
  name: string;
  /** Where it is: undefined if this machine lacks it, which is an error. */
  program: string | undefined;
  args(home: Home): string[];
  /** Makes what the program needs in its folder, once. */
  prepare?(home: Home): Promise<void>;
  isReady(home: Home): Promise<boolean>;
  url(port: number): string;
  /** A port that was chosen before. */
  port?: number;
  /** What asks it to end soon, its clients connected or not. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
}

/** Where a program runs. */
interface Home {
  folder: string;
  port: number;
  /** Gives a file or folder to whom the program runs as. */
  own(path: string): Promise<void>;
}

/** Where a program of a service is, if this machine has it. With `CI=true` it must. */
export function locate(name: ProgramName): string | undefined {
  const found = findProgram(name);
  if (!found && process.env["CI"] === "true") throw new Error(`CI=true, and ${name} isn't installed.`);
  return found;
}

/** Starts a program on a free port of loopback, with its files in a temporary folder. Resolves when it answers. */
export async function serve(recipe: Recipe): Promise<Service> {
  const { name, program, isReady } = recipe;
  if (program === undefined) throw new Error(`${name} isn't installed.`);
  const folder = await mkdtemp(join(tmpdir(), `dewar-${name}-`));
  const user = ordinaryUser();
  const own = async (path: string) => user && chown(path, user.uid, user.gid);
  await own(folder);
  const port = recipe.port ?? (await freePort());
  const home = { folder, port, own };
  const logFile = join(folder, "log");
  let running: ChildProcess | undefined;

  const launch = async () => {
    const log = await open(logFile, "a");
    const stdio: ["ignore", number, number] = ["ignore", log.fd, log.fd];
    // A Ctrl-C in the terminal is for us: we stop it in order.
    const child = spawn(program, recipe.args(home), { stdio, cwd: folder, detached: true, ...user });
    running = child;
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    // Only the start waits for it.
    failed.catch(() => {});
    await log.close();
    watch(child, folder);
    const answers = until(`${name} answers`, async () => {
      if (hasEnded(child)) throw new Error(`${name} ended at its start:\n${await lastLines(logFile)}`);
      return isReady(home);
    });
    await Promise.race([answers, failed]);
  };
  const end = async (signal: NodeJS.Signals) => {
    const child = running;
    running = undefined;
    if (!child?.pid || hasEnded(child)) return;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    if (signal === "SIGKILL") signalTree(child.pid, signal);
    else child.kill(signal);
    // A frozen one would never see the signal.
    signalTree(child.pid, "SIGCONT");
    await exited;
  };
  const stop = async () => {
    await end(recipe.stopSignal ?? "SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };

  try {
    await recipe.prepare?.(home);
    await launch();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: recipe.url(port),
    port,
    stop,
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end(recipe.stopSignal ?? "SIGTERM");
      await launch();
    },
    pause: () => void (running?.pid && signalTree(running.pid, "SIGSTOP")),
    resume: () => void (running?.pid && signalTree(running.pid, "SIGCONT")),
  };
}

/** Several as one: what is done to it is done to each. */
export function together(url: string, services: Service[]): Service {
  const all = async (act: (service: Service) => Promise<void>) => void (await Promise.all(services.map(act)));
  return {
    url,
    port: services[0]?.port ?? 0,
    stop: () => all((service) => service.stop()),
    kill: () => all((service) => service.kill()),
    restart: () => all((service) => service.restart()),
    pause: () => services.forEach((service) => void service.pause()),
    resume: () => services.forEach((service) => void service.resume()),
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-10).join("\n");
}
