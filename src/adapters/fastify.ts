import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { toEngine } from "../core/engine.ts";
import type { Handle } from "../core/handle.ts";
import type { SessionData, SessionManager, SessionOptions } from "../index.ts";
import { answer } from "./lib/answer.ts";
import { NodeClient } from "./lib/client.ts";
import { holdResponse } from "./lib/held.ts";
import type { Party } from "./lib/party.ts";
import { phaseOf } from "./lib/phase.ts";
import { isPromise } from "./lib/promise.ts";
import { bindSession, sessionProperty } from "./lib/property.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The data of this request's session: the same that `session`, imported from `dewar`, shows. */
    session: Partial<SessionData>;
  }
}

const IS_OURS: unique symbol = Symbol("dewar.request");

/**
 * Sessions for Fastify 5. The session is there from `onRequest` on, and stored in `onSend`; an error of that (503 for the
 * store) goes to Fastify's error handling, with the headers that the handler had set taken back. A reply that is hijacked
 * (`reply.hijack()`, `reply.raw`) waits for the session too; should its commit fail, it is answered with the error's
 * status as text. `cookie.secure: "auto"` follows `request.protocol`, and so the option `trustProxy`.
 *
 * The plugin isn't encapsulated: it works for all routes of the instance that registers it, and of that one's children.
 * A request that is upgraded has no response: use `manager.open` in the server's event `upgrade`.
 *
 * Types: `@fastify/session`, `@fastify/secure-session` and the like declare a `request.session` of their own, which
 * clashes with this one; uninstall them.
 *
 * @example
 * ```ts
 * import fastify from "fastify";
 * import { sessions } from "dewar/fastify";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     visits?: number;
 *   }
 * }
 *
 * const app = fastify();
 * app.register(sessions, { secret: "at least 32 characters, from the environment" });
 * app.get("/", (request) => {
 *   request.session.visits = (request.session.visits ?? 0) + 1;
 *   return `Visit ${request.session.visits}`;
 * });
 * ```
 */
export async function sessions(app: FastifyInstance, options: SessionOptions | SessionManager): Promise<void> {
  if (typeof app.decorateRequest !== "function") {
    throw new TypeError("sessions: a plugin of Fastify's, mount it so: app.register(sessions, { store })");
  }
  const engine = toEngine(options);
  const MINE: unique symbol = Symbol("dewar.party");
  type Request = FastifyRequest & { [MINE]?: { party: Party; before: ReturnType<FastifyReply["getHeaders"]> } };

  if (!app.hasRequestDecorator(IS_OURS)) {
    app.decorateRequest(IS_OURS, true);
    app.decorateRequest("session", sessionProperty);
  }

  app.addHook("onRequest", (request: Request, reply, next) => {
    const before = reply.getHeaders();
    const enter = (handle: Handle): void => {
      const party = holdResponse(request.raw, reply.raw, engine, handle, (error) => answer(error, reply.raw));
      request[MINE] = { party, before };
      bindSession(request, handle);
      engine.run(handle, next);
    };
    const begun = engine.begin(request.headers.cookie, new NodeClient(request.raw, request));
    if (isPromise(begun)) begun.then(enter, next);
    else enter(begun);
  });

  app.addHook("onSend", (request: Request, reply, payload, next) => {
    const pending = request[MINE]?.party.settle(phaseOf(payload));
    if (pending === undefined) return next();
    const refuse = (error: Error): void => {
      // Fastify keeps the headers of a reply apart from those of the response beneath.
      for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
      reply.headers(request[MINE]?.before ?? {});
      if (payload instanceof Readable) payload.destroy();
      next(error);
    };
    pending.then(() => next(), refuse);
  });
}

Object.assign(sessions, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "dewar",
  [Symbol.for("plugin-meta")]: { name: "dewar", fastify: ">=5" },
});
