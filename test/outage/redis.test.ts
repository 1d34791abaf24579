import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import fastify from "fastify";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, it } from "vitest";
import { sessions as expressSessions } from "../../src/adapters/express.ts";
import { sessions as fastifySessions } from "../../src/adapters/fastify.ts";
import { getSession, type SessionOptions } from "../../src/index.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { hasRedis, type RedisServer, startRedis } from "../services/redis.ts";

/** How many requests a visitor sends while Redis is killed and started again. */
const ROUNDS = 60;
const VISITORS = 8;
/** Far above `storeTimeout`: what takes longer hangs. */
const HANGS = 15_000;

type Close = () => Promise<unknown>;
const closing: Close[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Counts by `update`, in one step; answers with the count. */
async function count(): Promise<number> {
  let counted = 0;
  await getSession().update((data) => {
    const counter = data as { n?: number };
    counted = (counter.n ?? 0) + 1;
    counter.n = counted;
  });
  return counted;
}

const clients: Record<string, (url: string) => Promise<SessionOptions>> = {
  async redis(url) {
    const client = createClient({ url, socket: { reconnectStrategy: 50 } });
    client.on("error", ignoreOutage);
    closing.push(async () => client.destroy());
    return { store: redisStore({ client: await client.connect() }) };
  },
  async ioredis(url) {
    const client = new Redis(url, { retryStrategy: () => 50 });
    client.on("error", ignoreOutage);
    closing.push(async () => client.disconnect());
    await once(client, "ready");
    return { store: redisStore({ client }) };
  },
};

const frameworks: Record<string, (options: SessionOptions) => Promise<string>> = {
  async express(options) {
    const app = express();
    app.use(expressSessions(options));
    app.get("/count", async (_req, res) => {
      res.json(await count());
    });
    app.use((error: { status?: number }, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
      res.sendStatus(error.status ?? 500);
    });
    return listen(createServer(app));
  },
  async fastify(options) {
    const app = fastify();
    await app.register(fastifySessions, options);
    app.get("/count", () => count());
    closing.push(() => app.close());
    return app.listen({ host: "127.0.0.1", port: 0 });
  },
};

describe.skipIf(!hasRedis)("Redis killed and started again while an application serves", () => {
  const cases = Object.keys(frameworks).flatMap((framework) =>
    Object.keys(clients).map((client) => [framework, client]),
  );

  it.each(cases)(
    "%s with %s: 503 at worst, none hangs, nothing acknowledged is lost",
    { timeout: 60_000 },
    async (...names) => {
      const [framework = "", client = ""] = names;
      const server = await startRedis({ appendonly: true });
      closing.push(() => server.stop());
      const options = await clients[client]?.(server.url);
      const url = await frameworks[framework]?.({ ...options, storeTimeout: 0.5, cookie: { secure: false } });
      const visitors = await Promise.all(Array.from({ length: VISITORS }, () => enter(`${url}/count`)));

      const [outcomes] = await Promise.all([Promise.all(visitors.map(visit)), outage(server)]);
      expect(new Set(outcomes.flatMap(({ statuses }) => statuses))).toEqual(new Set([200, 503]));

      for (const { visitor, statuses } of outcomes) {
        const acknowledged = 1 + statuses.filter((status) => status === 200).length;
        const unknown = statuses.filter((status) => status === 503).length;
        const { status, body } = await ask(visitor);
        expect(status).toBe(200);
        // Of what was answered with 503, any part may have been stored; of what was acknowledged, all of it.
        expect(body).toBeGreaterThan(acknowledged);
        expect(body).toBeLessThanOrEqual(acknowledged + unknown + 1);
      }
    },
  );
});

interface Visitor {
  url: string;
  cookie: string;
}

/** A first visit, while all is well. */
async function enter(url: string): Promise<Visitor> {
  const response = await fetch(url);
  expect([response.status, await response.json()]).toEqual([200, 1]);
  return { url, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}

async function visit(visitor: Visitor): Promise<{ visitor: Visitor; statuses: number[] }> {
  const statuses: number[] = [];
  for (let round = 0; round < ROUNDS || statuses.at(-1) !== 200; round++) {
    statuses.push((await ask(visitor)).status);
    await sleep(20);
  }
  return { visitor, statuses };
}

async function ask({ url, cookie }: Visitor): Promise<{ status: number; body: number }> {
  const response = await fetch(url, { headers: { cookie }, signal: AbortSignal.timeout(HANGS) });
  // The session stays the visitor's, whatever happens to its store.
  expect(response.headers.getSetCookie()).toEqual([]);
  return { status: response.status, body: Number(await response.text()) };
}

async function outage(server: RedisServer): Promise<void> {
  await sleep(200);
  await server.kill();
  await sleep(700);
  await server.restart();
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Both clients tell of a lost connection by an event, and connect again by themselves. */
function ignoreOutage(): void {}
