import { once } from "node:events";
import type { Server } from "node:http";
import { networkInterfaces } from "node:os";
import type { Options } from "./options.ts";

const USUAL_PORT = 3000;
const LAST_PORT = 3020;

/** Listens on the port asked for, else on the first free one from 3000. Returns it; throws where there is none. */
export async function listen(server: Server, { host, port }: Pick<Options, "host" | "port">): Promise<number> {
  const last = port ?? LAST_PORT;
  for (let candidate = port ?? USUAL_PORT; candidate <= last; candidate++) {
    if (await listensOn(server, host, candidate)) return portOf(server);
    if (port === undefined) console.log(`Port ${candidate} is taken, trying the next one.`);
  }
  throw new Error(
    port === undefined ? "No port is free: name one with --port." : `Port ${port} is taken: name another with --port.`,
  );
}

async function listensOn(server: Server, host: string, port: number): Promise<boolean> {
  server.listen(port, host);
  try {
    await once(server, "listening");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw new Error(`--host ${host}: the shop can't listen there. Name an address of this machine.`, { cause: error });
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address.port;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** What to type into a browser, on this machine or on another that can reach it. */
export function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? outwardAddress() : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

function outwardAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";
}
