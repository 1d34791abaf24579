import { storeOf } from "../core/engine.ts";
import { SessionError } from "../core/errors.ts";
import type { Client } from "../core/manager.ts";
import type { SessionManager } from "../index.ts";
import { placeOf } from "./address.ts";
import { Census } from "./census/census.ts";
import { sealOf } from "./csrf.ts";
import { carryOut } from "./deeds.ts";
import { Endings } from "./ending.ts";
import { show } from "./pages/show.ts";
import { refusal, trouble } from "./pages/trouble.ts";
import type { Ability, AdminAction, Visit } from "./visit.ts";

/** What `admin` takes. */
export interface AdminOptions {
  /** Whose sessions are shown: what `createSessionManager` returned. */
  manager: SessionManager;
  /**
   * Who may see the page. Asked on every request, before anything else. `true` lets in; a `Response` (such as a redirect to a
   * sign-in, or a 401) is the answer; all else is 403. What it throws is reported as a process warning, and the answer is 500.
   * `client` is what the framework knows of who asks, its address above all.
   */
  authorize: (request: Request, client: AdminClient) => boolean | Response | Promise<boolean | Response>;
  /**
   * Hears what an operator does, before it is done: to keep a record of it. If it throws, nothing is done, and the answer is 500.
   * Each session that is ended is an event `revoked` of the manager besides.
   */
  audit?: (action: AdminAction, request: Request) => void | Promise<void>;
}

/** Who asks, as the framework sees it: the address, and whether over TLS. */
export type AdminClient = Client;

/** The page, as a handler of Fetch requests. What mounts it may tell who asks. It answers whatever happens, and never rejects. */
export type AdminPage = (request: Request, client?: AdminClient) => Promise<Response>;

/**
 * A page for operators: how many sessions there are, whose, in which browsers; one session's data; and to end one, all of a
 * user, or everything. Works below any path, without a build step, JavaScript or anything from elsewhere. Mount it with
 * `toNode` (Express, node:http), `toKoa` or `toFastify`; Hono and Fetch take it as it is.
 *
 * Throws `TypeError` without a `manager` or without `authorize`: there is no default for who may end other people's sessions.
 *
 * @example
 * ```ts
 * import express from "express";
 * import { createSessionManager, getSession } from "dewar";
 * import { admin, toNode } from "dewar/admin";
 * import { sessions } from "dewar/express";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }), device: true });
 * const operators = ["ada", "grace"];
 *
 * const app = express();
 * app.use(sessions(manager));
 * app.use("/admin/sessions", toNode(admin({ manager, authorize: () => operators.includes(getSession().subject ?? "") })));
 * ```
 */
export function admin(options: AdminOptions): AdminPage {
  const { manager, authorize, audit } = checked(options);
  const store = storeOf(manager);
  const ability: Ability = store === undefined ? "nothing" : store.list === undefined ? "one" : "all";
  const [census, endings] = [new Census(manager), new Endings(manager)];

  return async (request, client = {}) => {
    try {
      const answer = await authorize(request, client);
      // A copy: it may be a constant, which could be sent but once.
      if (answer instanceof Response) return answer.clone();
      if (answer !== true) return refusal(403);
    } catch (error) {
      warn("authorize", error);
      return refusal(500);
    }
    const url = new URL(request.url);
    const seal = sealOf(request, client.secure ?? url.protocol === "https:");
    const response = await respond({
      request,
      query: url.searchParams,
      client,
      manager,
      ability,
      census,
      endings,
      seal,
      now: new Date(),
      audit: async (action) => audit?.(action, request),
    });
    if (seal.setCookie !== undefined) response.headers.append("Set-Cookie", seal.setCookie);
    return request.method === "HEAD" ? new Response(null, response) : response;
  };
}

async function respond(visit: Visit): Promise<Response> {
  const { method } = visit.request;
  try {
    const place = placeOf(visit.query);
    if (method === "POST") return await carryOut(visit, place);
    return method === "GET" || method === "HEAD" ? await show(visit, place) : refusal(405);
  } catch (error) {
    // The manager has told of it already.
    if (error instanceof SessionError && error.code === "ERR_STORE") return trouble("store");
    if (error instanceof SessionError && error.code === "ERR_NOT_SUPPORTED") return trouble("unable");
    if (error instanceof TypeError && error.message.startsWith("list: after")) return trouble("bad-cursor");
    warn("the page", error);
    return trouble("fault");
  }
}

function checked(options: AdminOptions): AdminOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("admin: takes an object with a manager and authorize(request)");
  }
  const { authorize, audit } = options;
  if (typeof authorize !== "function") {
    throw new TypeError(
      "authorize: a function that says who may see and end other people's sessions; there is no default",
    );
  }
  if (audit !== undefined && typeof audit !== "function") throw new TypeError("audit: a function");
  return options;
}

function warn(what: string, error: unknown): void {
  process.emitWarning(`admin: ${what} failed: ${error instanceof Error ? error.message : String(error)}`);
}
