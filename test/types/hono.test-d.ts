import { Hono } from "hono";
import { expectTypeOf } from "vitest";
import { sessions } from "../../src/adapters/hono.ts";

declare module "../../src/index.ts" {
  interface SessionData {
    typedInHono?: string[];
  }
}

const app = new Hono<{ Variables: { user: string } }>();
app.use(sessions({ secret: "a secret of at least 32 characters" }));
app.get("/", (c) => {
  expectTypeOf(c.var.session.typedInHono).toEqualTypeOf<string[] | undefined>();
  expectTypeOf(c.get("session").typedInHono).toEqualTypeOf<string[] | undefined>();
  expectTypeOf(c.var.user).toEqualTypeOf<string>();
  // @ts-expect-error: not declared
  return c.json(c.var.session.undeclared);
});
