import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import { sessions as expressSessions } from "../../../src/adapters/express.ts";
import { sessions as honoSessions } from "../../../src/adapters/hono.ts";
import { fromJs } from "../../../src/flask/python/from-js.ts";
import {
  createSessionManager,
  SessionError,
  type SessionManager,
  type SessionOptions,
  session,
} from "../../../src/index.ts";
import type { CookieJar, RequestListener } from "../../../src/testing/index.ts";
import { type FlaskAnswer, runSteps, type Step } from "../lib/flask-app.ts";
import { fromTyped, type Typed, toTyped } from "../lib/typed.ts";
import { carryOut } from "./steps.ts";

export type Framework = "express" | "hono";

/** Our application on loopback, with the routes of Flask's: see `FlaskApp`. */
export interface OurApp {
  url: string;
  manager: SessionManager;
  run(steps: Step[], jar: CookieJar, headers?: Record<string, string>): Promise<Omit<FlaskAnswer, "modified">>;
  stop(): Promise<void>;
}

export async function startOurs(framework: Framework, options: SessionOptions): Promise<OurApp> {
  const manager = createSessionManager({ storeTimeout: "10s", ...options });
  const server = createServer(FRAMEWORKS[framework](manager));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    manager,
    run: (steps, jar, headers = {}) => runSteps(url, steps, jar, headers),
    async stop() {
      server.closeAllConnections();
      server.close();
      await manager.close();
    },
  };
}

const FRAMEWORKS: Record<Framework, (manager: SessionManager) => RequestListener> = {
  express(manager) {
    const app = express();
    app.use(expressSessions(manager), express.json());
    app.post("/run", (request, response) => void response.json(run(request.body)));
    const fail: express.ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(500).send(told(error));
    };
    app.use(fail);
    return app;
  },
  hono(manager) {
    const app = new Hono();
    app.use(honoSessions(manager));
    app.post("/run", async (c) => c.json(run(await c.req.json())));
    app.onError((error, c) => c.text(told(error), 500));
    return getRequestListener(app.fetch);
  },
};

function run(steps: { [part: string]: Typed }[]) {
  const results = steps.map((step) => asTyped(carryOut(fromTyped(step) as unknown as Step)));
  // To copy the session is to look at it.
  return { results, session: steps.length > 0 ? asTyped({ ...session }) : {} };
}

function asTyped(value: unknown = null): Typed {
  return toTyped(fromJs(value));
}

function told(error: unknown): string {
  return error instanceof SessionError ? `${error.code}: ${error.message}` : String(error);
}
