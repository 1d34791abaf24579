import type { RequestHandler } from "express";
import { toEngine } from "../core/engine.ts";
import type { Handle } from "../core/handle.ts";
import type { SessionData, SessionManager, SessionOptions } from "../index.ts";
import { NodeClient } from "./lib/client.ts";
import { holdResponse } from "./lib/held.ts";
import { isPromise } from "./lib/promise.ts";
import { exposeSession } from "./lib/property.ts";

declare global {
  namespace Express {
    interface Request {
      /** The data of this request's session: the same that `session`, imported from `dewar`, shows. */
      session: Partial<SessionData>;
    }
  }
}

/**
 * Sessions for Express 4 and 5. The response leaves after the session is stored; if that fails, nothing has been sent,
 * the headers that the handler had set are taken back, and the error (503 for the store) goes to the application's error
 * handler. `cookie.secure: "auto"` follows `req.secure`, and so the setting `trust proxy`.
 *
 * A request that is upgraded has no response: use `manager.open` in the server's event `upgrade`.
 *
 * Types: `@types/express-session`, `@types/cookie-session` and the like declare a `req.session` of their own, which
 * TypeScript rejects beside this one (TS2717); uninstall them.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { sessions } from "dewar/express";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     visits?: number;
 *   }
 * }
 *
 * const app = express();
 * app.use(sessions({ secret: "at least 32 characters, from the environment" }));
 * app.get("/", (req, res) => {
 *   req.session.visits = (req.session.visits ?? 0) + 1;
 *   res.send(`Visit ${req.session.visits}`);
 * });
 * ```
 */
export function sessions(options: SessionOptions | SessionManager): RequestHandler {
  const engine = toEngine(options);
  return (req, res, next) => {
    const enter = (handle: Handle): void => {
      holdResponse(req, res, engine, handle, next);
      exposeSession(req, handle);
      engine.run(handle, next);
    };
    const begun = engine.begin(req.headers.cookie, new NodeClient(req, req));
    if (isPromise(begun)) begun.then(enter, next);
    else enter(begun);
  };
}
