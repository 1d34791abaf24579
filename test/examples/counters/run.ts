import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Counter } from "./list.ts";

/** A counter that runs. */
export interface Running {
  url: string;
  /** Asks it to end; resolves to how it did, and how long that took. */
  end(): Promise<{ code: number | null; seconds: number; output: string }>;
}

/** Runs what has to be run before the counter can start. */
export async function build({ build: args, env }: Counter): Promise<void> {
  if (args === undefined) return;
  const { ended, output } = launch(process.execPath, args, { ...process.env, ...env });
  if ((await ended) !== 0) throw new Error(output());
}

/** Starts a counter in `cwd`, where it keeps its files, and waits for its address. */
export async function start(counter: Counter, cwd: string, servers: Record<string, string>): Promise<Running> {
  const env = { ...process.env, ...counter.env, ...servers, PORT: "0" };
  const { child, ended, output } = launch(counter.program, counter.args, env, cwd);
  const impatience = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const url = await Promise.race([addressIn(child, output), ended]);
  clearTimeout(impatience);
  if (typeof url !== "string") throw new Error(`It did not start: ${output()}`);
  return {
    url,
    async end() {
      const before = performance.now();
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      const code = await ended;
      clearTimeout(killer);
      return { code, seconds: (performance.now() - before) / 1000, output: output() };
    },
  };
}

function launch(program: string, args: string[], env: NodeJS.ProcessEnv, cwd = process.cwd()) {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  // Should the test end before it does.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = once(child, "close").then(([code]) => {
    process.off("exit", kill);
    return code as number | null;
  });
  return { child, ended, output: () => text };
}

async function addressIn(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const [address] = /http:\/\/[\w.]+:\d+/.exec(output()) ?? [];
    if (address) return address;
    if (child.stdout) await once(child.stdout, "data");
  }
}
