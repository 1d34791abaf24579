import Koa from "koa";
import { expectTypeOf } from "vitest";
import { sessions } from "../../src/adapters/koa.ts";

declare module "../../src/index.ts" {
  interface SessionData {
    typedInKoa?: string[];
  }
}

const app = new Koa();
app.use(sessions({ secret: "a secret of at least 32 characters" }));
app.use((ctx) => {
  expectTypeOf(ctx.session.typedInKoa).toEqualTypeOf<string[] | undefined>();
  // @ts-expect-error: not declared
  ctx.body = ctx.session.undeclared;
});

const typed = new Koa<{ user: string }, { own: number }>();
typed.use(sessions({ secret: "a secret of at least 32 characters" }));
typed.use((ctx) => {
  expectTypeOf(ctx.session.typedInKoa).toEqualTypeOf<string[] | undefined>();
  expectTypeOf(ctx.state.user).toEqualTypeOf<string>();
  expectTypeOf(ctx.own).toEqualTypeOf<number>();
});
