// Why: all else runs on a current Node. This holds the built package to its own conformance suites on the oldest one that
// `engines` promises, on Bun and on Deno: with a store that needs a young part of Node, and an adapter that needs an old
// one. It is plain JavaScript for Node's own runner, since that Node reads no types. `npm run check -- runtimes` runs it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { sessions } from "dewar/node";
import { sqliteStore } from "dewar/stores/sqlite";
import { testAdapter, testStore } from "dewar/testing";

const folder = mkdtempSync(join(tmpdir(), "dewar-runtimes-"));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
describe("sqlite", () => {
  testStore({ describe, it, create: () => sqliteStore({ file: join(folder, `${files++}.sqlite`) }) });
});

testAdapter({
  describe,
  it,
  name: "node:http",
  errors: "escapes",
  features: ["raw", "end"],
  mount({ sessions: mounted, handler }) {
    const app = mounted.reduceRight((next, options) => sessions(options)(next), respond);
    return (request, response) =>
      Promise.resolve(app(request, response)).catch(() => response.writeHead(500).end("the server's own error page"));

    async function respond(request, response) {
      const answer = await handler({ url: request.url, raw: () => ({ request, response }) });
      if (answer === undefined) return;
      response.statusCode = answer.status;
      for (const [name, value] of answer.headers) response.appendHeader(name, value);
      Readable.from(answer.body ?? []).pipe(response);
    }
  },
});
