import type { Server } from "node:http";
import fastify, { type FastifyInstance } from "fastify";
import { handlers } from "./handlers.ts";

/** The Fastify application; `install` adds a variant's sessions to it. */
export async function fastifyServer(install: (app: FastifyInstance) => void | Promise<void>): Promise<Server> {
  const app = fastify();
  await install(app);
  for (const [scenario, handle] of Object.entries(handlers)) {
    app.get(`/${scenario}`, (request, reply) => {
      reply.send(handle(request));
    });
  }
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app.server;
}
