import fastify from "fastify";
import { expectTypeOf } from "vitest";
import { sessions } from "../../src/adapters/fastify.ts";
import { createSessionManager } from "../../src/index.ts";

declare module "../../src/index.ts" {
  interface SessionData {
    typedInFastify?: string[];
  }
}

const app = fastify();
app.register(sessions, { secret: "a secret of at least 32 characters" });
app.register(sessions, createSessionManager({ secret: "a secret of at least 32 characters" }));
app.get("/", (request) => {
  expectTypeOf(request.session.typedInFastify).toEqualTypeOf<string[] | undefined>();
  // @ts-expect-error: not declared
  return request.session.undeclared;
});
// @ts-expect-error: no such option
app.register(sessions, { sercet: "a secret of at least 32 characters" });

const secure = fastify({ http2: true, https: {} });
secure.register(sessions, { secret: "a secret of at least 32 characters" });
secure.get("/", (request) => {
  expectTypeOf(request.session.typedInFastify).toEqualTypeOf<string[] | undefined>();
});
