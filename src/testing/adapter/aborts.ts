import { strict as assert } from "node:assert";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { gate } from "./gate.ts";
import { data } from "./routes.ts";
import { type Case, text } from "./stage.ts";
import { pieces } from "./streams.ts";

/** Clients that don't wait for the answer. */
export const abortCases: readonly Case[] = [
  {
    name: "survives a client that goes before the answer comes",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/slow": async () => {
            data()["slow"] = true;
            await pass.wait();
            return "slow";
          },
        },
      });
      await browser.text("/set?key=color&value=red");
      const controller = new AbortController();
      const slow = browser.fetch("/slow", { signal: controller.signal });
      await pass.arrived;
      controller.abort();
      await assert.rejects(slow, { name: "AbortError" });
      await setTimeout(20);
      pass.open();
      await setTimeout(20);
      assert.equal(await browser.text("/set?key=size&value=large"), "set");
      const { color, size } = data((await browser.json("/all")) as object);
      assert.deepEqual({ color, size }, { color: "red", size: "large" });
    },
  },
  {
    name: "survives a client that goes in the middle of a streamed answer",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/stream": () => {
            data()["streamed"] = true;
            return { status: 200, headers: [], body: pieces(pass.wait) };
          },
        },
      });
      const controller = new AbortController();
      const response = await browser.fetch("/stream", { signal: controller.signal });
      controller.abort();
      await assert.rejects(response.text(), { name: "AbortError" });
      await setTimeout(20);
      pass.open();
      await setTimeout(20);
      assert.deepEqual(await browser.json("/all"), { streamed: true });
    },
  },
  {
    name: "survives a client that goes in the middle of its upload",
    async run(stage) {
      const server = await stage.serve({
        routes: {
          "/upload": async (exchange) => {
            data()["uploading"] = true;
            return text((await exchange.text?.()) ?? "not read");
          },
        },
      });
      const socket = await halfAnUpload(new URL(server.origin));
      await setTimeout(20);
      socket.destroy();
      await setTimeout(20);
      const response = await fetch(`${server.origin}/untouched`);
      assert.equal(await response.text(), "untouched");
    },
  },
];

async function halfAnUpload({ hostname, port }: URL): Promise<Socket> {
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => {}); // the server may close first, which is its right
  socket.write(
    `POST /upload HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf`,
  );
  return socket;
}
