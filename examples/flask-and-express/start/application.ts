import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A half of the shop, in a process of its own. */
export interface Application {
  name: string;
  port: number;
  ended: Promise<unknown>;
  stop(): Promise<unknown>;
}

/**
 * Starts a program that prints the port on which it listens, and ends when its standard input does: so it doesn't outlive
 * this process, in whatever way that ends.
 */
export async function startApplication(
  name: string,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Application> {
  const child = spawn(program, args, {
    env,
    cwd: join(import.meta.dirname, ".."),
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.on("error", () => {});
  const ended = once(child, "close");
  const failed = ended.then(() => Promise.reject(new Error(`${name} did not start.`)));
  // It ends at some time anyway: only the start waits for it.
  failed.catch(() => {});
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), failed]);
  return {
    name,
    port: Number(line),
    ended,
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
