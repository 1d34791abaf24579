import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const start = fileURLToPath(new URL("../../examples/flask-and-express/start.ts", import.meta.url));

export interface Running {
  url: string;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts Flask, Express and the proxy; ends them with the test, if it doesn't. */
export async function startBoth(...options: string[]): Promise<Running> {
  const child = spawn(process.execPath, [start, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return {
    url: await addressOf(child),
    end: async (signal) => {
      child.kill(signal);
      const [code] = await ended;
      return code as number | null;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close").then(() => Promise.reject(new Error(`It did not start: ${said}`)));
  ended.catch(() => {});
  for (;;) {
    const address = /Shop: (http:\S+)/.exec(said)?.[1];
    if (address) return address;
    if (child.stdout) await Promise.race([once(child.stdout, "data"), ended]);
  }
}
