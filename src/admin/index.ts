export { type AdminClient, type AdminOptions, type AdminPage, admin } from "./admin.ts";
export { toFastify } from "./mount/fastify.ts";
export { toKoa } from "./mount/koa.ts";
export { toNode } from "./mount/node.ts";
export type { AdminAction } from "./visit.ts";
