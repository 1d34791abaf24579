import express from "express";
import { expectTypeOf } from "vitest";
import { sessions } from "../../src/adapters/express.ts";

declare module "../../src/index.ts" {
  interface SessionData {
    typedInExpress?: string[];
  }
}

const app = express();
app.use(sessions({ secret: "a secret of at least 32 characters" }));
app.use("/path", sessions({ secret: "a secret of at least 32 characters", cookie: { name: "other" } }));
app.get("/", (req, res) => {
  expectTypeOf(req.session.typedInExpress).toEqualTypeOf<string[] | undefined>();
  // @ts-expect-error: not declared
  res.send(req.session.undeclared);
});
// @ts-expect-error: options are needed
app.use(sessions());
