import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { exchange, failing, held, late, PROTOCOLS, set } from "./behind.ts";
import { COOKIE, FakeEngine } from "./fake-engine.ts";

describe.each(PROTOCOLS)("every form of answering over %s", (protocol) => {
  const OWN = { "X-Own": "1", "Set-Cookie": "own=1" };
  const OTHER = { "x-own": "0", "Set-Cookie": "lost=1" };
  const FORMS: Record<string, (response: ServerResponse) => void> = {
    "end(chunk)": (response) => {
      set(response, OWN, 201);
      response.end("done");
    },
    "end(chunk, encoding, callback)": (response) => {
      set(response, { "X-Own": "1", "Set-Cookie": ["own=1"] }, 201);
      response.end("646f6e65", "hex", () => undefined);
    },
    "write, then end": (response) => {
      set(response, OWN, 201);
      response.write("do");
      response.write(Buffer.from("n"));
      response.end("e");
    },
    flushHeaders: (response) => {
      set(response, OWN, 201);
      response.flushHeaders();
      response.end("done");
    },
    "writeHead(status)": (response) => {
      set(response, OWN);
      response.writeHead(201).end("done");
    },
    "writeHead(status, object)": (response) =>
      response.writeHead(201, { "X-Own": 1, "Set-Cookie": ["own=1"] }).end("done"),
    "writeHead(status, message, object)": (response) => response.writeHead(201, "Made", OWN).end("done"),
    "writeHead(status, undefined, object)": (response) => response.writeHead(201, undefined, OWN).end("done"),
    "writeHead(status, flat array)": (response) => response.writeHead(201, Object.entries(OWN).flat()).end("done"),
    "writeHead(status, pairs)": (response) => response.writeHead(201, Object.entries(OWN)).end("done"),
    "writeHead(status, object) over setHeader": (response) => {
      set(response, OTHER);
      response.writeHead(201, OWN).end("done");
    },
    "writeHead(status, flat array) over setHeader": (response) => {
      set(response, OTHER);
      response.writeHead(201, Object.entries(OWN).flat()).end("done");
    },
    "writeHead(status, pairs) over setHeader": (response) => {
      set(response, OTHER);
      response.writeHead(201, Object.entries(OWN)).end("done");
    },
  };

  describe.each(Object.entries(FORMS))("%s", (_name, respond) => {
    it.each(["at once", "later"])("goes out with the session's headers where they are known %s", async (when) => {
      const finish = when === "later" ? late() : () => COOKIE;
      const engine = new FakeEngine({ response: finish, headers: finish });
      const reply = await exchange(protocol, held([engine], respond));
      expect(reply).toMatchObject({ status: 201, body: "done" });
      expect(reply.headers).toMatchObject({ "x-own": "1", vary: "Cookie", "cache-control": "no-store" });
      expect(reply.headers["set-cookie"]).toEqual(["own=1", "session=token"]);
    });

    it("is left as it is where there is nothing to do", async () => {
      const reply = await exchange(protocol, held([new FakeEngine()], respond));
      expect(reply).toMatchObject({ status: 201, body: "done" });
      expect(reply.headers).toMatchObject({ "x-own": "1", "set-cookie": ["own=1"] });
      expect(reply.headers).not.toHaveProperty("vary");
    });

    it("is dropped where the commit fails", async () => {
      const failures: unknown[] = [];
      const engine = new FakeEngine({ response: failing, headers: failing });
      const reply = await exchange(protocol, held([engine], respond, failures));
      expect(reply).toMatchObject({ status: 503, body: "unavailable" });
      expect(reply.headers).not.toHaveProperty("x-own");
      expect(reply.headers).not.toHaveProperty("set-cookie");
      expect(failures).toEqual([new Error("the store is down")]);
    });
  });
});
