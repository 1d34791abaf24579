import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import fastify from "fastify";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../scripts/services/redis.ts";
import type { Service } from "../../scripts/services/service.ts";
import { sessions as expressSessions } from "../../src/adapters/express.ts";
import { sessions as fastifySessions } from "../../src/adapters/fastify.ts";
import { sessions as nodeSessions } from "../../src/adapters/node.ts";
import { getSession, type SessionOptions } from "../../src/index.ts";
import { redisStore } from "../../src/stores/redis.ts";

/** How many requests of each kind a visitor sends while Redis is out. */
const ROUNDS = 30;
const VISITORS = 8;
/** Seconds. */
const STORE_TIMEOUT = 0.5;
/** Milliseconds: what takes longer hangs. */
const HANGS = 10 * STORE_TIMEOUT * 1000;

type Close = () => Promise<unknown>;
const closing: Close[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Data = Record<string, unknown> & { n?: number };

/** Counts by `update`, in one step, or sets a key by plain assignment; answers with the data. */
async function serve(path = ""): Promise<Data> {
  const session = getSession();
  const [, action, key = ""] = path.split("/");
  if (action === "set") (session.data as Data)[key] = true;
  if (action === "count") {
    await session.update((data) => {
      const counter = data as Data;
      counter.n = (counter.n ?? 0) + 1;
    });
  }
  return { ...session.data };
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
    app.use(async (req, res, _next) => {
      res.json(await serve(req.url));
    });
    app.use((error: { status?: number }, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
      res.sendStatus(error.status ?? 500);
    });
    return listen(createServer(app));
  },
  async fastify(options) {
    const app = fastify();
    await app.register(fastifySessions, options);
    app.get("/*", (request) => serve(request.url));
    closing.push(() => app.close());
    return app.listen({ host: "127.0.0.1", port: 0 });
  },
  async "node:http"(options) {
    const listener = nodeSessions(options)(async (req, res) => {
      res.end(JSON.stringify(await serve(req.url)));
    });
    return listen(createServer(listener));
  },
};

const outages: Record<string, (server: Service) => Promise<void>> = {
  async killed(server) {
    await server.kill();
    await sleep(700);
    await server.restart();
  },
  async frozen(server) {
    server.pause();
    await sleep(900);
    server.resume();
  },
};

describe.skipIf(!hasRedis)("Redis out, and back again, while an application serves", () => {
  const cases = Object.keys(frameworks).flatMap((framework) =>
    Object.keys(clients).flatMap((client) => Object.keys(outages).map((outage) => [framework, client, outage])),
  );

  it.each(cases)(
    "%s with %s, Redis %s: 503 at worst, none hangs, nothing acknowledged is lost",
    { timeout: 60_000 },
    async (...names) => {
      const [framework = "", client = "", outage = ""] = names;
      const server = await startRedis({ appendonly: true });
      closing.push(() => server.stop());
      const options = await clients[client]?.(server.url);
      const url = await frameworks[framework]?.({ ...options, storeTimeout: STORE_TIMEOUT, cookie: { secure: false } });
      const visitors = await Promise.all(Array.from({ length: VISITORS }, () => enter(url ?? "")));

      const [outcomes] = await Promise.all([
        Promise.all(visitors.map(visit)),
        sleep(200).then(() => outages[outage]?.(server)),
      ]);
      expect(new Set(outcomes.flatMap(({ counts, keys }) => [...counts, ...keys]))).toEqual(new Set([200, 503]));

      for (const { visitor, counts, keys } of outcomes) {
        let { status, body } = await ask(visitor, "/data");
        while (status === 503) ({ status, body } = await ask(visitor, "/data"));
        expect(status).toBe(200);
        const { n, ...set } = JSON.parse(body) as Data;
        // Of what was answered with 503, any part may have been stored; of what was acknowledged, all of it.
        const acknowledged = 1 + counts.filter((status) => status === 200).length;
        expect(n).toBeGreaterThanOrEqual(acknowledged);
        expect(n).toBeLessThanOrEqual(1 + counts.length);
        const lost = keys.flatMap((status, index) => (status === 200 && !(`k${index}` in set) ? `k${index}` : []));
        expect(lost).toEqual([]);
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
  let response = await fetch(`${url}/count`);
  // A busy machine may take longer than the store has.
  while (response.status === 503) response = await fetch(`${url}/count`);
  expect([response.status, await response.json()]).toEqual([200, { n: 1 }]);
  return { url, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}

/** The statuses that a visitor got. */
interface Outcome {
  visitor: Visitor;
  counts: number[];
  /** Of the requests that set the keys `k0`, `k1`, and so on. */
  keys: number[];
}

/** Counts, and sets a key at the same time, again and again, until the outage is over. */
async function visit(visitor: Visitor): Promise<Outcome> {
  const counts: number[] = [];
  const keys: number[] = [];
  for (let round = 0; round < ROUNDS || counts.at(-1) !== 200 || keys.at(-1) !== 200; round++) {
    const [count, key] = await Promise.all([ask(visitor, "/count"), ask(visitor, `/set/k${round}`)]);
    counts.push(count.status);
    keys.push(key.status);
    await sleep(20);
  }
  return { visitor, counts, keys };
}

async function ask({ url, cookie }: Visitor, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url + path, { headers: { cookie }, signal: AbortSignal.timeout(HANGS) });
  // The session stays the visitor's, whatever happens to its store.
  expect(response.headers.getSetCookie()).toEqual([]);
  return { status: response.status, body: await response.text() };
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
