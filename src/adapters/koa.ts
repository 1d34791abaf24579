import type { Middleware } from "koa";
import { toEngine } from "../core/engine.ts";
import type { SessionData, SessionManager, SessionOptions } from "../index.ts";
import { NodeClient } from "./lib/client.ts";
import { holdResponse } from "./lib/held.ts";
import { phaseOf } from "./lib/phase.ts";
import { isPromise } from "./lib/promise.ts";
import { exposeSession } from "./lib/property.ts";

declare module "koa" {
  interface ExtendableContext {
    /** The data of this request's session: the same that `session`, imported from `dewar`, shows. */
    session: Partial<SessionData>;
  }
}

/**
 * Sessions for Koa 2 and 3. The session is stored when the middleware after this one is through, or before the first byte
 * leaves; an error of that (503 for the store) is thrown like any other, with the headers that they had set taken back.
 * An error that they throw commits nothing; a cookie that an earlier `save()` owes survives Koa's error handling.
 * `cookie.secure: "auto"` follows `ctx.secure`, and so `app.proxy`.
 *
 * A request that is upgraded has no response: use `manager.open` in the server's event `upgrade`.
 *
 * Types: `@types/koa-session` and the like declare a `ctx.session` of their own, which clashes with this one; uninstall them.
 *
 * @example
 * ```ts
 * import Koa from "koa";
 * import { sessions } from "dewar/koa";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     visits?: number;
 *   }
 * }
 *
 * const app = new Koa();
 * app.use(sessions({ secret: "at least 32 characters, from the environment" }));
 * app.use((ctx) => {
 *   ctx.session.visits = (ctx.session.visits ?? 0) + 1;
 *   ctx.body = `Visit ${ctx.session.visits}`;
 * });
 * ```
 */
export function sessions(options: SessionOptions | SessionManager): Middleware {
  const engine = toEngine(options);
  return async (ctx, next) => {
    const begun = engine.begin(ctx.req.headers.cookie, new NodeClient(ctx.req, ctx));
    const handle = isPromise(begun) ? await begun : begun;
    const party = holdResponse(ctx.req, ctx.res, engine, handle, (error) => ctx.onerror(error as Error));
    exposeSession(ctx, handle);
    try {
      await engine.run(handle, next);
    } catch (error) {
      await party.abandon();
      throw error;
    }
    // Who answers without Koa has perhaps not begun; the commit then waits for the first byte.
    if (ctx.respond !== false) await party.settle(phaseOf(ctx.body));
  };
}
