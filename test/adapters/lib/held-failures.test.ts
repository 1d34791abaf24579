import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Header } from "../../../src/core/manager.ts";
import { exchange, failing, held, late, PROTOCOLS } from "./behind.ts";
import { COOKIE, FakeEngine } from "./fake-engine.ts";

describe.each(PROTOCOLS)("a response whose commit fails, over %s", (protocol) => {
  it("stops what was piped into a response that is dropped, and tells its callbacks", async () => {
    const source = Readable.from(["a", "b"], { objectMode: false });
    const told: unknown[] = [];
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ headers: failing })], (response) => {
        response.write("before", (error) => told.push(error));
        source.pipe(response);
      }),
    );
    expect(reply).toMatchObject({ status: 503, body: "unavailable" });
    expect(told).toEqual([new Error("the store is down")]);
    expect(source.destroyed).toBe(true);
  });

  it("keeps, when dropped, what was set before it was held, and the cookie that is owed", async () => {
    const engine = new FakeEngine({ response: failing, failed: () => COOKIE });
    const reply = await exchange(protocol, (request, response) => {
      response.setHeader("X-Before", ["1", "2"]);
      held([engine], () => {
        response.appendHeader("X-Before", "3");
        response.end("done");
      })(request, response);
    });
    expect(reply).toMatchObject({ status: 503, body: "unavailable" });
    expect(reply.headers).toMatchObject({ "x-before": "1, 2", "set-cookie": ["session=token"] });
    expect(engine.phases).toEqual(["response", "failed"]);
  });

  it("takes an engine that throws for one that rejects", async () => {
    const failures: unknown[] = [];
    const response = () => {
      throw new Error("too large");
    };
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ response })], (response) => response.end("done"), failures),
    );
    expect(reply.status).toBe(503);
    expect(failures).toEqual([new Error("too large")]);
  });

  it("throws node's error for a bad header to who set it, who can still answer", async () => {
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ headers: late(), response: late() })], (response) => {
        expect(() => response.writeHead(200, { "X-Own": undefined })).toThrow(/x-own/i);
        expect(response.headersSent).toBe(false);
        response.statusCode = 500;
        response.end("mended");
      }),
    );
    expect(reply).toMatchObject({ status: 500, body: "mended" });
    expect(reply.headers["set-cookie"]).toEqual(["session=token"]);
  });

  it("hands an error of the replay on", async () => {
    const failures: unknown[] = [];
    const reply = await exchange(
      protocol,
      held(
        [new FakeEngine({ headers: late() })],
        (response) => response.write(Object.create(null) as string),
        failures,
      ),
    );
    expect(reply.body).toBe("unavailable");
    expect(failures).toEqual([expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" })]);
  });

  describe("for two managers", () => {
    const named = (name: string) => () => sleep(5).then((): Header[] => [["Set-Cookie", `${name}=1`]]);

    it("sends both cookies", async () => {
      const engines = [new FakeEngine({ response: named("outer") }), new FakeEngine({ response: named("inner") })];
      const reply = await exchange(
        protocol,
        held(engines, (response) => response.end("done")),
      );
      expect(reply.headers["set-cookie"]).toEqual(["inner=1", "outer=1"]);
    });

    it("commits the outer one with the error of the inner one", async () => {
      const engines = [new FakeEngine({ response: named("outer") }), new FakeEngine({ response: failing })];
      const reply = await exchange(
        protocol,
        held(engines, (response) => response.end("done")),
      );
      expect(reply).toMatchObject({ status: 503, body: "unavailable" });
      expect(reply.headers["set-cookie"]).toEqual(["outer=1"]);
    });

    it("keeps the cookie of the inner one where the outer one fails", async () => {
      const engines = [new FakeEngine({ response: failing }), new FakeEngine({ response: named("inner") })];
      const reply = await exchange(
        protocol,
        held(engines, (response) => response.end("done")),
      );
      expect(reply).toMatchObject({ status: 503, body: "unavailable" });
      expect(reply.headers["set-cookie"]).toEqual(["inner=1"]);
    });
  });
});
