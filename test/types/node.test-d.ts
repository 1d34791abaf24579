import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { expectTypeOf } from "vitest";
import { sessions } from "../../src/adapters/node.ts";

declare module "../../src/index.ts" {
  interface SessionData {
    typedInNode?: string[];
  }
}

const options = { secret: "a secret of at least 32 characters" };

createServer(
  sessions(options)((req, res) => {
    expectTypeOf(req.session.typedInNode).toEqualTypeOf<string[] | undefined>();
    expectTypeOf(req.url).toEqualTypeOf<string | undefined>();
    expectTypeOf(res).toEqualTypeOf<ServerResponse>();
    // @ts-expect-error: not declared
    res.end(req.session.undeclared);
  }),
);

createHttpsServer(
  sessions(options)(async (req, res) => {
    expectTypeOf(req.session.typedInNode).toEqualTypeOf<string[] | undefined>();
    res.end();
  }),
);

createSecureServer(
  sessions<Http2ServerRequest, Http2ServerResponse>(options)((req, res) => {
    expectTypeOf(req.session.typedInNode).toEqualTypeOf<string[] | undefined>();
    expectTypeOf(req.authority).toEqualTypeOf<string>();
    res.stream.respond();
  }),
);

sessions(options, {
  onError(error, req, res) {
    expectTypeOf(error).toBeUnknown();
    expectTypeOf(req).toEqualTypeOf<IncomingMessage>();
    res.end();
  },
});
