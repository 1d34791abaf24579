import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { AdminPage } from "../admin.ts";
import { clientOf, headersOf, toRequest } from "./node.ts";

/** What is used of Fastify's request. */
export interface FastifyRequestLike {
  readonly raw: unknown;
  readonly originalUrl: string;
  readonly protocol: string;
  readonly ip: string;
  readonly body: unknown;
}

/** What is used of Fastify's reply. */
export interface FastifyReplyLike {
  code(status: number): unknown;
  header(name: string, value: string | string[]): unknown;
  send(body: Buffer): unknown;
}

/**
 * The page for Fastify, as a route's handler: `app.all("/admin/sessions", toFastify(page))`.
 *
 * @example
 * ```ts
 * import fastify from "fastify";
 * import { createSessionManager, getSession } from "dewar";
 * import { admin, toFastify } from "dewar/admin";
 * import { sessions } from "dewar/fastify";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
 * const page = admin({ manager, authorize: () => getSession().subject === "ada" });
 *
 * const app = fastify();
 * app.register(sessions, manager);
 * app.all("/admin/sessions", toFastify(page));
 * ```
 */
export function toFastify(
  page: AdminPage,
): (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<FastifyReplyLike> {
  return async (request, reply) => {
    const raw = request.raw as IncomingMessage;
    const client = clientOf(raw, request);
    const response = await page(toRequest(raw, client, request.originalUrl, request.body ?? ""), client);
    reply.code(response.status);
    for (const [name, value] of headersOf(response)) reply.header(name, value);
    reply.send(Buffer.from(await response.arrayBuffer()));
    return reply;
  };
}
