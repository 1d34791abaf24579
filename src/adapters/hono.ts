import type { Context, MiddlewareHandler } from "hono";
import { toEngine } from "../core/engine.ts";
import type { Handle } from "../core/handle.ts";
import type { SessionData, SessionManager, SessionOptions } from "../index.ts";
import { WebClient } from "./lib/client.ts";
import { addHeaders } from "./lib/headers.ts";
import { refuseAssignment } from "./lib/property.ts";
import { withHeaders } from "./lib/web-response.ts";

declare module "hono" {
  interface ContextVariableMap {
    /** The data of this request's session: the same that `session`, imported from `dewar`, shows. */
    session: Partial<SessionData>;
  }
}

/**
 * Sessions for Hono 4. The session is stored before the response leaves; if that fails, the response is dropped with all
 * its headers, and the error goes to `app.onError`, whose default answers with its status (503 for the store); that one is
 * silent, so the error tells the log itself.
 * `cookie.secure: "auto"` follows the request's URL.
 *
 * A body may be produced after the handler returned (`stream`, `streamSSE`). What it changes in the session is stored by
 * `await save()` or `await update()` of a handle that `getSession()` gave before, and never by itself.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { sessions } from "dewar/hono";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     visits?: number;
 *   }
 * }
 *
 * const app = new Hono();
 * app.use(sessions({ secret: "at least 32 characters, from the environment" }));
 * app.get("/", (c) => {
 *   const { session } = c.var;
 *   session.visits = (session.visits ?? 0) + 1;
 *   return c.text(`Visit ${session.visits}`);
 * });
 * ```
 */
export function sessions(options: SessionOptions | SessionManager): MiddlewareHandler {
  const engine = toEngine(options);
  return async (c, next) => {
    const handle = await engine.begin(c.req.header("cookie"), new WebClient(c.req.raw, addressOf(c)));
    exposeVariable(c, handle);
    try {
      await engine.run(handle, next);
      const response = withHeaders(c.res, await engine.finish(handle, "headers"), engine);
      if (response !== c.res) replaceResponse(c, response);
    } catch (error) {
      // Headers of the handler's would be merged into the error's response; with no response at all, c.header() breaks.
      replaceResponse(c, new Response(null));
      // A cookie that an earlier save() owes.
      addHeaders(c.res.headers, await engine.finish(handle, "failed"), engine);
      throw error;
    }
  };
}

/** Only node's server tells it, by the request beneath. */
function addressOf(c: Context): string | undefined {
  return c.env?.incoming?.socket?.remoteAddress;
}

/** Hono merges the headers of the old response into the new one, unless there is no old one. */
function replaceResponse(c: Context, response: Response): void {
  c.res = undefined;
  c.res = response;
}

/** `c.var` copies the variables on each access: only an accessor tells whether the session was asked for. */
function exposeVariable(c: Context, handle: Handle): void {
  const { get, set } = c;
  const prototype = Object.getPrototypeOf(c);
  c.get = (key: string) => (key === "session" ? handle.data : get(key));
  c.set = (key: string, value: unknown) => (key === "session" ? refuseAssignment() : set(key, value));
  const descriptor = { enumerable: true, get: () => handle.data, set: refuseAssignment };
  const variables = () => Object.defineProperty(Reflect.get(prototype, "var", c), "session", descriptor);
  Object.defineProperty(c, "var", { configurable: true, get: variables });
}
