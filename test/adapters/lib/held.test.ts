import { EventEmitter, once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { holdResponse } from "../../../src/adapters/lib/held.ts";
import { toEngine } from "../../../src/core/engine.ts";
import type { Handle } from "../../../src/core/handle.ts";
import { getSession } from "../../../src/index.ts";
import { exchange, held, late, PROTOCOLS, set } from "./behind.ts";
import { Servers } from "./exchange.ts";
import { anyHandle, COOKIE, FakeEngine } from "./fake-engine.ts";

describe.each(PROTOCOLS)("a held response over %s", (protocol) => {
  it("merges Vary, replaces Cache-Control and tells of a cacheable one", async () => {
    const engine = new FakeEngine({ response: late() });
    const own = { Vary: "Accept, Origin", "Cache-Control": "public, max-age=60" };
    const reply = await exchange(
      protocol,
      held([engine], (response) => {
        set(response, own);
        response.end();
      }),
    );
    expect(reply.headers).toMatchObject({ vary: "Accept, Origin, Cookie", "cache-control": "no-store" });
    expect(engine.events).toEqual([{ type: "cache-control", replaced: "public, max-age=60" }]);
  });

  it.each([
    ["*", "private"],
    ["accept, cookie", "max-age=0, no-store"],
  ])("leaves Vary: %s alone, and says nothing of Cache-Control: %s", async (vary, cacheControl) => {
    const engine = new FakeEngine({ response: late() });
    const reply = await exchange(
      protocol,
      held([engine], (response) => {
        set(response, { Vary: vary, "Cache-Control": cacheControl });
        response.end();
      }),
    );
    expect(reply.headers).toMatchObject({ vary, "cache-control": "no-store" });
    expect(engine.events).toEqual([]);
  });

  it("tells what the application expects, though nothing has left", async () => {
    const seen: unknown[] = [];
    const look = ({ headersSent, writableEnded, writableFinished }: ServerResponse) =>
      seen.push([headersSent, writableEnded, writableFinished]);
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ headers: late() })], (response) => {
        look(response);
        response.writeHead(200);
        look(response);
        expect(() => response.writeHead(200)).toThrow(expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" }));
        expect(response.write("a")).toBe(false);
        response.end("b", () => look(response));
        look(response);
      }),
    );
    expect(reply.body).toBe("ab");
    expect(seen).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
  });

  it("calls callbacks, and emits drain to who waits for it", async () => {
    const log: string[] = [];
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ headers: late() })], (response) => {
        response.once("drain", () => {
          log.push("drain");
          response.end("b", () => log.push("end"));
        });
        response.write("a", () => log.push("write"));
      }),
    );
    expect(reply.body).toBe("ab");
    await expect.poll(() => log.toSorted()).toEqual(["drain", "end", "write"]);
  });

  it("lets a pipe with more than a buffer's worth through", async () => {
    const chunks = Array.from({ length: 64 }, (_, i) => String.fromCharCode(65 + (i % 26)).repeat(32_768));
    const engine = new FakeEngine({ headers: late(), end: late([]) });
    const reply = await exchange(
      protocol,
      held([engine], (response) => Readable.from(chunks, { objectMode: false }).pipe(response)),
    );
    expect(reply.body).toBe(chunks.join(""));
    expect(engine.phases).toEqual(["headers", "end"]);
  });

  it("ends after the session's end was stored", async () => {
    const log: string[] = [];
    const end = async () => {
      await sleep(5);
      log.push("stored");
      return [];
    };
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ end })], (response) => {
        response.on("finish", () => log.push("finished"));
        response.write("a");
        response.end("b");
        log.push("answered");
      }),
    );
    expect(reply.body).toBe("ab");
    await expect.poll(() => log).toEqual(["answered", "stored", "finished"]);
  });

  it("ends twice as node does", async () => {
    const engine = new FakeEngine({ response: late() });
    const reply = await exchange(
      protocol,
      held([engine], (response) => {
        response.end("done");
        response.end();
      }),
    );
    expect(reply.body).toBe("done");
    expect(engine.phases).toEqual(["response"]);
  });

  it("holds no interim response", async () => {
    const reply = await exchange(
      protocol,
      held([new FakeEngine({ response: late() })], (response) => {
        response.writeEarlyHints({ link: "</style.css>; rel=preload" });
        response.end("done");
      }),
    );
    expect(reply).toMatchObject({ status: 200, interim: [103], body: "done" });
  });

  it("stores at the end what came after headers that had left before", async () => {
    const engine = new FakeEngine();
    const reply = await exchange(protocol, (request, response) => {
      response.flushHeaders();
      held([engine], () => {
        response.write("a");
        response.end("b");
      })(request, response);
    });
    expect(reply.body).toBe("ab");
    expect(engine.phases).toEqual(["end"]);
  });
});

describe("a held response over http1", () => {
  it("refuses headers that would come too late", async () => {
    const reply = await exchange(
      "http1",
      held([new FakeEngine({ response: late() })], (response) => {
        response.end("done");
        expect(() => response.setHeader("X-Late", "1")).toThrow(
          expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" }),
        );
      }),
    );
    expect(reply.headers).not.toHaveProperty("x-late");
  });

  it("leaves arguments that node refuses to node", async () => {
    const engine = new FakeEngine({ response: late() });
    const reply = await exchange(
      "http1",
      held([engine], (response) => {
        expect(() => response.writeHead(99)).toThrow(RangeError);
        expect(() => response.writeHead(200, ["X-Odd"])).toThrow(TypeError);
        expect(engine.phases).toEqual([]);
        response.writeHead(200).end("done");
      }),
    );
    expect(reply).toMatchObject({ status: 200, body: "done" });
  });

  it("runs events of the request in the sessions' context, the innermost first", async () => {
    const managers = [1, 2].map(() => toEngine({ secret: "a secret of at least 32 characters" }));
    const [outer, inner] = managers;
    const reply = await exchange("http1", (request, response) => {
      const handles = managers.map((engine) => {
        const handle = anyHandle(engine);
        holdResponse(request, response, engine, handle, () => response.destroy());
        return handle;
      });
      request.on("end", () => {
        const seen = [getSession(outer), getSession(inner), getSession()];
        response.end(seen.map((handle) => handles.indexOf(handle as Handle)).join());
      });
      request.resume();
    });
    expect(reply.body).toBe("0,1,1");
  });

  it("survives a client that leaves meanwhile, and stores all the same", async () => {
    await using servers = new Servers();
    const log = new EventEmitter();
    const response = async () => {
      await once(log, "closed");
      log.emit("stored");
      return COOKIE;
    };
    const engine = new FakeEngine({ response });
    const socket = await servers.socket(
      held([engine], (response) => {
        response.on("close", () => log.emit("closed"));
        response.end("done");
        socket.destroy();
      }),
    );
    await once(log, "stored");
    // Time for what is replayed on a dead socket to go wrong.
    await sleep(5);
    expect(engine.phases).toEqual(["response"]);
  });

  it("commits nothing where the client leaves before the answer", async () => {
    await using servers = new Servers();
    const engine = new FakeEngine();
    const arrived = new EventEmitter();
    const socket = await servers.socket(held([engine], (response) => arrived.emit("response", response)));
    const [response] = await once(arrived, "response");
    socket.destroy();
    await once(response, "close");
    expect(engine.phases).toEqual([]);
  });
});
