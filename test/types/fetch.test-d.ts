import { expectTypeOf } from "vitest";
import { sessions } from "../../src/adapters/fetch.ts";
import { session } from "../../src/index.ts";

declare module "../../src/index.ts" {
  interface SessionData {
    typedInFetch?: string[];
  }
}

const withSession = sessions(
  { secret: "a secret of at least 32 characters" },
  { onError: (_error, request) => Response.redirect(request.url) },
);

const plain = withSession(() => {
  expectTypeOf(session.typedInFetch).toEqualTypeOf<string[] | undefined>();
  return new Response();
});
expectTypeOf(plain).toEqualTypeOf<(request: Request) => Promise<Response>>();

const worker = withSession(async (request, env: { KEY: string }) => new Response(request.url + env.KEY));
expectTypeOf(worker).toEqualTypeOf<(request: Request, env: { KEY: string }) => Promise<Response>>();

// @ts-expect-error: a response is needed
withSession(() => undefined);
