import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "undici";

/** What one visitor sends again and again: a session of its own, on a connection of its own. */
export interface Visitor {
  client: Client;
  cookie: string | undefined;
}

/** Requests a second, and how long each took in milliseconds, ascending. */
export interface Load {
  rate: number;
  latencies: Float64Array;
}

/**
 * Sends `requests` requests, each visitor one after the other, all visitors at once: as fast as answers come, or at most
 * `pace` a second.
 */
export async function load(
  visitors: readonly Visitor[],
  path: string,
  requests: number,
  pace: number = Number.POSITIVE_INFINITY,
): Promise<Load> {
  const latencies = new Float64Array(requests);
  let sent = 0;
  const start = performance.now();
  await Promise.all(
    visitors.map(async (visitor) => {
      while (sent < requests) {
        const turn = sent++;
        const early = start + (turn / pace) * 1000 - performance.now();
        if (early > 0) await sleep(early);
        const before = performance.now();
        await request(visitor, path);
        latencies[turn] = performance.now() - before;
      }
    }),
  );
  const rate = requests / ((performance.now() - start) / 1000);
  return { rate, latencies: latencies.sort() };
}

/** Sends one request; resolves to the cookies that its response set. */
export async function request({ client, cookie }: Visitor, path: string): Promise<string[]> {
  const headers = cookie === undefined ? {} : { cookie };
  const response = await client.request({ method: "GET", path, headers });
  await response.body.dump();
  if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
  return [response.headers["set-cookie"] ?? []].flat();
}
