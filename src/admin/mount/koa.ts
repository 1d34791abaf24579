import type { IncomingMessage } from "node:http";
import type { AdminPage } from "../admin.ts";
import { clientOf, headersOf, toRequest } from "./node.ts";

/** What is used of Koa's context. */
export interface KoaContextLike {
  readonly req: IncomingMessage;
  readonly request: object;
  readonly originalUrl: string;
  readonly protocol: string;
  readonly ip: string;
  status: number;
  body: unknown;
  set(name: string, value: string | string[]): unknown;
}

/**
 * The page for Koa, as middleware for a route: `router.all("/admin/sessions", toKoa(page))`, or behind a look at `ctx.path`.
 *
 * @example
 * ```ts
 * import Koa from "koa";
 * import { createSessionManager, getSession } from "dewar";
 * import { admin, toKoa } from "dewar/admin";
 * import { sessions } from "dewar/koa";
 * import { sqliteStore } from "dewar/stores/sqlite";
 *
 * const manager = createSessionManager({ store: sqliteStore({ file: "sessions.sqlite" }) });
 * const page = toKoa(admin({ manager, authorize: () => getSession().subject === "ada" }));
 *
 * const app = new Koa();
 * app.use(sessions(manager));
 * app.use((ctx, next) => (ctx.path === "/admin/sessions" ? page(ctx) : next()));
 * ```
 */
export function toKoa(page: AdminPage): (ctx: KoaContextLike) => Promise<void> {
  return async (ctx) => {
    const client = clientOf(ctx.req, ctx);
    const { body } = ctx.request as { body?: unknown };
    const response = await page(toRequest(ctx.req, client, ctx.originalUrl, body), client);
    ctx.status = response.status;
    for (const [name, value] of headersOf(response)) ctx.set(name, value);
    ctx.body = Buffer.from(await response.arrayBuffer());
  };
}
