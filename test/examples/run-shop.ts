import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("../../examples/shop/server.ts", import.meta.url));

/** How the shop ended, and what it said. */
export interface Ended {
  code: number | null;
  output: string;
}

export interface Shop {
  url: string;
  port: string;
  /** What it has printed so far. */
  output(): string;
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Runs the shop until it ends by itself. */
export async function runShop(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

/** Starts the shop and waits for its address. */
export async function startShop(...args: string[]): Promise<Shop> {
  const { child, output, ended } = start(args);
  const address = await Promise.race([addressIn(child, output), ended]);
  if (typeof address !== "string") throw new Error(`The shop did not start: ${address.output}`);
  return {
    url: address,
    port: new URL(address).port,
    output,
    async end(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}

function start(args: string[]): { child: ChildProcess; output: () => string; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [server, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const output = () => text;
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output: text }));
  return { child, output, ended };
}

async function addressIn(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const address = /Shop: (http:\S+)/.exec(output())?.[1];
    if (address) return address;
    if (child.stdout) await once(child.stdout, "data");
  }
}
