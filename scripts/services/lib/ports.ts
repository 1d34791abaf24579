import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below those that systems give to outgoing connections: one of these could take the port while its server is down. */
const FIRST = 15_000;
/** Processes that test at the same time draw from different ones of these parts. */
const PARTS = 4;
const PART = 4250;
const given = new Set<number>();

/** A port of loopback that nobody listens on, and that this process hasn't given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const part = Number(process.env["VITEST_POOL_ID"] ?? 0) % PARTS;
    const port = FIRST + part * PART + randomInt(PART);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
