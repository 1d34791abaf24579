import type { IncomingMessage, ServerResponse } from "node:http";
import { toEngine } from "../core/engine.ts";
import { SessionError } from "../core/errors.ts";
import type { Handle } from "../core/handle.ts";
import type { SessionData, SessionManager, SessionOptions } from "../index.ts";
import { answer } from "./lib/answer.ts";
import { NodeClient } from "./lib/client.ts";
import { holdResponse } from "./lib/held.ts";
import type { NodeRequest, NodeResponse } from "./lib/node-response.ts";
import { isPromise } from "./lib/promise.ts";
import { exposeSession } from "./lib/property.ts";
import { assertHandler } from "./lib/wrapped.ts";

/** A request with its session. */
export type WithSession<Request> = Request & {
  /** The data of this request's session: the same that `session`, imported from `dewar`, shows. */
  readonly session: Partial<SessionData>;
};

/** `onError` answers in place of `error.status` as text and a line in the log, when a session can't be read, changed or stored. */
export interface NodeOptions<Request, Response> {
  onError?: (error: unknown, req: Request, res: Response) => void;
}

/**
 * Sessions for node:http, node:https and node:http2's compatibility API. The response leaves after the session is stored;
 * if that fails, nothing has been sent, the headers that the handler had set are taken back, and `onError` answers: by
 * default `error.status` (503 for the store) as text, with `Cache-Control: no-store`. An error that the handler throws
 * commits nothing; a `SessionError` goes to `onError`, any other on to the server, as without sessions.
 * `cookie.secure: "auto"` follows the socket.
 *
 * A request that is upgraded has no response: use `manager.open` in the server's event `upgrade`.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { sessions } from "dewar/node";
 *
 * declare module "dewar" {
 *   interface SessionData {
 *     visits?: number;
 *   }
 * }
 *
 * const withSession = sessions({ secret: "at least 32 characters, from the environment" });
 * const server = createServer(
 *   withSession((req, res) => {
 *     req.session.visits = (req.session.visits ?? 0) + 1;
 *     res.end(`Visit ${req.session.visits}`);
 *   }),
 * );
 * ```
 */
export function sessions<Request extends NodeRequest = IncomingMessage, Response extends NodeResponse = ServerResponse>(
  options: SessionOptions | SessionManager,
  { onError = (error, _req, res) => answer(error, res) }: NodeOptions<Request, Response> = {},
): (handler: (req: WithSession<Request>, res: Response) => unknown) => (req: Request, res: Response) => unknown {
  const engine = toEngine(options);
  return (handler) => {
    assertHandler(handler, "createServer(sessions(options)(handler))");
    return (req, res) => {
      const fail = (error: unknown): void => onError(error, req, res);
      const enter = (handle: Handle): unknown => {
        const party = holdResponse(req, res, engine, handle, fail);
        exposeSession(req, handle);
        const recover = async (error: unknown): Promise<void> => {
          const isOurs = error instanceof SessionError && !res.headersSent;
          await (isOurs ? party.takeBack() : party.abandon());
          if (!isOurs) throw error;
          fail(error);
        };
        try {
          const handled = engine.run(handle, () => handler(req as WithSession<Request>, res));
          return isPromise(handled) ? handled.catch(recover) : handled;
        } catch (error) {
          if (error instanceof SessionError) return recover(error);
          party.abandon();
          throw error;
        }
      };
      const begun = engine.begin(req.headers.cookie, new NodeClient(req));
      return isPromise(begun) ? begun.then(enter, fail) : enter(begun);
    };
  };
}
