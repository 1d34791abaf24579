import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { NodeClient } from "../../adapters/lib/client.ts";
import type { AdminClient, AdminPage } from "../admin.ts";

/** What is used of a request of node's; the rest is Express's. */
export interface NodeRequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string;
  readonly protocol?: string;
  readonly ip?: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly socket: IncomingMessage["socket"];
  readonly body?: unknown;
}

/** What is used of a response of node's. */
export interface NodeResponseLike {
  statusCode: number;
  setHeader(name: string, value: string | string[]): unknown;
  end(body: Uint8Array): unknown;
}

/**
 * The page for Express (`app.use("/admin/sessions", toNode(page))`, `app.all`) and for node:http, node:https and node:http2's
 * compatibility API (`createServer(toNode(page))`).
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { createSessionManager } from "dewar";
 * import { admin, toNode } from "dewar/admin";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
 * // The host too: a site elsewhere can have a name of its own lead here, and so be let in with the browser (DNS rebinding).
 * const host = "127.0.0.1:8080";
 * const isHere = ({ headers }: Request, address?: string) => address === "127.0.0.1" && headers.get("host") === host;
 * const page = admin({ manager, authorize: (request, { address }) => isHere(request, address) });
 * createServer(toNode(page)).listen(8080, "127.0.0.1");
 * ```
 */
export function toNode(
  page: AdminPage,
): (req: NodeRequestLike, res: NodeResponseLike, next?: (error?: unknown) => void) => Promise<void> {
  return async (req, res, next) => {
    try {
      const { protocol } = req;
      const client = clientOf(req, protocol === undefined ? undefined : { protocol, ip: req.ip });
      const response = await page(toRequest(req, client, req.originalUrl ?? req.url ?? "/", req.body), client);
      res.statusCode = response.status;
      for (const [name, value] of headersOf(response)) res.setHeader(name, value);
      res.end(new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      if (next !== undefined) return next(error);
      res.statusCode = 500;
      res.end(new Uint8Array());
    }
  };
}

export function clientOf(
  req: NodeRequestLike,
  framework: { protocol: string; ip: string | undefined } | undefined,
): AdminClient {
  return new NodeClient(req as IncomingMessage, framework);
}

/** A name or an address, with a port: and nothing that a URL has besides, such as a user. */
const HOST = /^[\w.:[\]-]{1,300}$/;

/** `body`: what a parser before us has made of a text. */
export function toRequest(req: NodeRequestLike, client: AdminClient, path: string, body: unknown): Request {
  const { method = "GET" } = req;
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined && !name.startsWith(":")) headers.set(name, value.toString());
  }
  const host = req.headers.host ?? req.headers[":authority"]?.toString() ?? "localhost";
  const origin = `${client.secure === true ? "https" : "http"}://${host}`;
  // A host that is none is nowhere, and so no form comes from there.
  const url = new URL(HOST.test(host) && URL.canParse(origin) ? origin : "http://invalid");
  // Apart, so that "//elsewhere" is a path.
  const [pathname = "", ...query] = path.split("?");
  url.pathname = pathname;
  url.search = query.join("?");
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  if (typeof body === "string") return new Request(url, { method, headers, body });
  return new Request(url, { method, headers, body: Readable.toWeb(req as IncomingMessage), duplex: "half" });
}

/** As node takes them: Set-Cookie is the one that there may be several of. */
export function headersOf(response: Response): [name: string, value: string | string[]][] {
  const cookies = response.headers.getSetCookie();
  const others = [...response.headers].filter(([name]) => name !== "set-cookie");
  return cookies.length === 0 ? others : [...others, ["set-cookie", cookies]];
}
