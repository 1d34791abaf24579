import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** Where `redis-server` is, or Valkey's, if this machine has one. */
export function findRedis(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return ["redis-server", "valkey-server"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** Starts it on a free port of loopback. It keeps nothing on disk. */
export async function startRedis(program: string): Promise<{ url: string; stop(): Promise<unknown> }> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  // A process group of its own: Ctrl-C in a terminal must not end it before those that use it.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  process.once("exit", () => child.kill());
  const ended = once(child, "close");
  const failed = ended.then(() => Promise.reject(new Error(`${program} did not start.`)));
  failed.catch(() => {});
  await Promise.race([ready(createInterface({ input: child.stdout })), failed]);
  // What it says later is for nobody; but a full pipe would hold it up.
  child.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => {
      child.kill();
      return ended;
    },
  };
}

async function ready(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (line.includes("Ready to accept connections")) return;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
