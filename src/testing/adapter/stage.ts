import { strict as assert } from "node:assert";
import type { SessionEvent } from "../../core/events.ts";
import type { SessionManager } from "../../core/manager.ts";
import type { SessionOptions } from "../../core/options.ts";
import { createSessionManager } from "../../index.ts";
import { memoryStore } from "../../stores/memory.ts";
import type { AdapterSuite, Answer, Exchange, Feature, Handler, Protocol } from "../adapter.ts";
import { type Client, createClient } from "../client.ts";
import { type Probe, probe } from "./probe.ts";
import { commonRoutes } from "./routes.ts";
import { listen, type TestServer } from "./server.ts";

/** One named test of the suite. */
export interface Case {
  name: string;
  run(stage: Stage): Promise<void>;
  /** Left out where the framework lacks one of these. */
  needs?: readonly Feature[];
}

/** What a route may answer: a text stands for a 200 with it; nothing, for an answer given through `raw`. */
type RouteAnswer = string | Answer | undefined;

export type Route = (exchange: Exchange) => RouteAnswer | Promise<RouteAnswer>;

/** Handlers by path, without the query. */
export type Routes = Record<string, Route>;

/** What a case needs beside the defaults. */
export interface Scene extends SessionOptions {
  /** Answered beside the common routes. */
  routes?: Routes;
  protocol?: Protocol;
  /** In place of the one manager that the other options describe. */
  managers?: readonly (SessionOptions | SessionManager)[];
}

/** What one case works with: a store of its own, the events, and servers that end with it. */
export class Stage {
  readonly adapter: AdapterSuite;
  readonly store: Probe = probe(memoryStore());
  readonly events: SessionEvent[] = [];
  readonly #servers: TestServer[] = [];

  constructor(adapter: AdapterSuite) {
    this.adapter = adapter;
  }

  /** Runs a case, and fails it for a rejection that nobody handled. */
  static async use(adapter: AdapterSuite, run: (stage: Stage) => Promise<void>): Promise<void> {
    const stage = new Stage(adapter);
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      await run(stage);
      await new Promise(setImmediate);
      assert.deepEqual(unhandled, [], "unhandled rejections");
    } finally {
      await Promise.all(stage.#servers.map((server) => server.close()));
      process.off("unhandledRejection", note);
    }
  }

  /** Starts an application and opens a browser on it. */
  async open(scene: Scene = {}): Promise<Client> {
    const server = await this.serve(scene);
    return createClient(server.origin, { fetch: server.fetch });
  }

  /** Starts an application. */
  async serve({ routes = {}, protocol = "http", managers, ...options }: Scene = {}): Promise<TestServer> {
    const listener = await this.adapter.mount({
      sessions: managers ?? [this.options(options)],
      handler: dispatch({ ...commonRoutes, ...routes }),
      protocol,
    });
    const server = await listen(protocol, listener);
    this.#servers.push(server);
    return server;
  }

  /** Options with this stage's store, unless a secret alone asks for cookie sessions, and its ear for events. */
  options(options: SessionOptions = {}): SessionOptions {
    const onEvent = (event: SessionEvent) => this.events.push(event);
    return "store" in options || "secret" in options
      ? { onEvent, ...options }
      : { onEvent, store: this.store, ...options };
  }

  /** A manager of this stage's store. */
  manager(options?: SessionOptions): SessionManager {
    return createSessionManager(this.options(options));
  }

  /** The data of every session that lives in the store. */
  async stored(): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const { data } of this.manager().list()) found.push({ ...data });
    return found;
  }

  /** The types of the events so far, in order. */
  heard(): string[] {
    return this.events.map(({ type }) => type);
  }
}

function dispatch(routes: Routes): Handler {
  return async (exchange) => {
    const route = routes[new URL(exchange.url, "http://localhost").pathname];
    const answer = route === undefined ? { status: 404, headers: [], body: "no such route" } : await route(exchange);
    return typeof answer === "string" ? text(answer) : answer;
  };
}

/** An answer of plain text. */
export function text(body: string, headers: Answer["headers"] = [], status = 200): Answer {
  return { status, headers: [["Content-Type", "text/plain"], ...headers], body };
}
