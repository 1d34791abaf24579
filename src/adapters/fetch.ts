import { toEngine } from "../core/engine.ts";
import { SessionError } from "../core/errors.ts";
import type { Handle } from "../core/handle.ts";
import type { SessionManager, SessionOptions } from "../index.ts";
import { toResponse } from "./lib/answer.ts";
import { WebClient } from "./lib/client.ts";
import { withHeaders } from "./lib/web-response.ts";
import { assertHandler } from "./lib/wrapped.ts";

/** A handler of Fetch requests; `rest` is what the runtime passes beside (Bun's server, Deno's info, a worker's `env`). */
export type FetchHandler<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

/** `onError` answers in place of `error.status` as text and a line in the log, when a session can't be read, changed or stored. */
export interface FetchOptions {
  onError?: (error: unknown, request: Request) => Response | Promise<Response>;
}

/**
 * Sessions for `(Request) => Response`: Bun, Deno, workers with Node's APIs, and frameworks built on them. The response
 * leaves after the session is stored; if that fails, it is dropped and `onError` answers: by default `error.status` (503
 * for the store) as text, with `Cache-Control: no-store`. An error that the handler throws commits nothing; a
 * `SessionError` goes to `onError`, any other on to the server. `cookie.secure: "auto"` follows the request's URL.
 *
 * A body may be produced after the response was returned. What it changes in the session is stored by `await save()` or
 * `await update()` of a handle that `getSession()` gave before, and never by itself.
 *
 * @example
 * ```ts
 * import { session } from "dewar";
 * import { sessions } from "dewar/fetch";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     visits?: number;
 *   }
 * }
 *
 * const withSession = sessions({ secret: "at least 32 characters, from the environment" });
 *
 * export default {
 *   fetch: withSession(() => {
 *     session.visits = (session.visits ?? 0) + 1;
 *     return new Response(`Visit ${session.visits}`);
 *   }),
 * };
 * ```
 */
export function sessions(
  options: SessionOptions | SessionManager,
  { onError = toResponse }: FetchOptions = {},
): <Rest extends unknown[]>(handler: FetchHandler<Rest>) => (request: Request, ...rest: Rest) => Promise<Response> {
  const engine = toEngine(options);
  return (handler) => {
    assertHandler(handler, "{ fetch: sessions(options)(handler) }");
    return async (request, ...rest) => {
      let handle: Handle;
      try {
        handle = await engine.begin(request.headers.get("cookie"), new WebClient(request));
      } catch (error) {
        return onError(error, request);
      }
      try {
        const response = await engine.run(handle, () => handler(request, ...rest));
        return withHeaders(response, await engine.finish(handle, "headers"), engine);
      } catch (error) {
        // A cookie that an earlier save() owes.
        const owed = await engine.finish(handle, "failed");
        if (!(error instanceof SessionError)) throw error;
        return withHeaders(await onError(error, request), owed, engine);
      }
    };
  };
}
