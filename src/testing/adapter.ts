import type { IncomingMessage, ServerResponse } from "node:http";
import type { SessionManager } from "../core/manager.ts";
import type { SessionOptions } from "../core/options.ts";
import { abortCases } from "./adapter/aborts.ts";
import { contextCases } from "./adapter/context.ts";
import { cookieCases } from "./adapter/cookies.ts";
import { dataCases } from "./adapter/data.ts";
import { faultCases } from "./adapter/faults.ts";
import { headerCases } from "./adapter/headers.ts";
import { identityCases } from "./adapter/identity.ts";
import { managerCases } from "./adapter/managers.ts";
import { protocolCases } from "./adapter/protocols.ts";
import { responseCases } from "./adapter/responses.ts";
import { type Case, Stage } from "./adapter/stage.ts";
import { streamCases } from "./adapter/streams.ts";
import { writeHeadCases } from "./adapter/write-head.ts";

/** What the suite's handler answers. Names in `headers` may repeat; the adapter under test must send each. */
export interface Answer {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  /** None, a text, or a text that is written bit by bit: each piece goes out at once. */
  body?: string | AsyncIterable<string>;
}

/** One request, as the suite's handler sees it. The application under test makes it of what its framework has. */
export interface Exchange {
  /** Path and query, as the client sent them. */
  readonly url: string;
  /** Feature `"property"`: reads the framework's own property, `req.session`. */
  property?(): unknown;
  /** Feature `"property"`: `req.session = value`. */
  assign?(value: unknown): void;
  /** Feature `"text"`: the request's body of type `text/plain`, from the framework's usual parser. */
  text?(): Promise<string> | string;
  /** Feature `"raw"`: Node's own request and response, which the framework then leaves alone. */
  raw?(): { request: IncomingMessage; response: ServerResponse };
}

/** The suite's part of the application. Where it answers `undefined`, it has answered through `raw` itself. */
export type Handler = (exchange: Exchange) => Promise<Answer | undefined>;

/** How the suite's servers speak. */
export type Protocol = "http" | "https" | "http2";

/**
 * What not every framework has: members of `Exchange`, protocols beside HTTP/1.1, and `"end"`: the adapter hears of the
 * end of a streamed body, and stores what was changed while it was written.
 */
export type Feature = "property" | "text" | "raw" | "end" | "https" | "http2";

/** The application that a case needs. */
export interface Setup {
  /** What to give to `sessions`, each mounted for all requests, the first one outermost. */
  sessions: readonly (SessionOptions | SessionManager)[];
  /** Answers all requests of all methods and paths. What it throws is the framework's to handle. */
  handler: Handler;
  protocol: Protocol;
}

/** A listener of `node:http`, which the suite puts behind servers of its own. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What `testAdapter` needs to know. */
export interface AdapterSuite {
  /** `describe` of the test runner: Vitest's, Jest's, Mocha's, that of `node:test` or `bun:test`. */
  describe(name: string, body: () => void): unknown;
  /** `it` of the test runner. */
  it(name: string, body: () => Promise<void>): unknown;
  /** Its title, usually the framework's name. */
  name: string;
  /** Makes an application with the sessions mounted. */
  mount(setup: Setup): RequestListener | Promise<RequestListener>;
  /**
   * What becomes of an error that the handler throws. `"handled"`: the framework answers it where the adapter sees a
   * response like any other, which commits. `"escapes"`: it passes the adapter, and nothing is committed; a cookie that
   * an earlier `save()` owes still goes out, whoever answers. `"leaves"`: the same, but the answer is out of reach.
   */
  errors: "handled" | "escapes" | "leaves";
  /** What the framework has; cases for the rest are left out. */
  features: readonly Feature[];
}

/**
 * Declares the conformance suite of adapters with the test runner of your choice: real requests over the loopback
 * interface, from browsers that keep cookies, to applications that `mount` makes.
 *
 * @example
 * ```ts
 * import { Readable } from "node:stream";
 * import { describe, it } from "node:test";
 * import { sessions } from "dewar/express";
 * import { testAdapter } from "dewar/testing";
 * import express from "express";
 *
 * testAdapter({
 *   describe,
 *   it,
 *   name: "express",
 *   errors: "handled",
 *   features: ["property", "raw", "end", "https"],
 *   mount({ sessions: mounted, handler }) {
 *     const app = express();
 *     for (const one of mounted) app.use(sessions(one));
 *     app.use(async (req, res) => {
 *       const answer = await handler({
 *         url: req.url,
 *         property: () => req.session,
 *         assign: (value) => Object.assign(req, { session: value }),
 *         raw: () => ({ request: req, response: res }),
 *       });
 *       if (answer === undefined) return;
 *       res.status(answer.status);
 *       for (const [name, value] of answer.headers) res.append(name, value);
 *       Readable.from(answer.body ?? []).pipe(res);
 *     });
 *     return app;
 *   },
 * });
 * ```
 */
export function testAdapter(adapter: AdapterSuite): void {
  const groups: [title: string, cases: readonly Case[]][] = [
    ["data", dataCases],
    ["identity", identityCases],
    ["cookies", cookieCases],
    ["headers", headerCases],
    ["responses", responseCases],
    ["streams", streamCases],
    ["aborted requests", abortCases],
    ["writeHead", writeHeadCases],
    ["context", contextCases],
    ["managers", managerCases],
    ["faults", faultCases],
    ["protocols", protocolCases],
  ];
  adapter.describe(adapter.name, () => {
    for (const [title, cases] of groups) {
      const fitting = cases.filter(({ needs = [] }) => needs.every((need) => adapter.features.includes(need)));
      if (fitting.length === 0) continue;
      adapter.describe(title, () => {
        for (const { name, run } of fitting) adapter.it(name, () => Stage.use(adapter, run));
      });
    }
  });
}
