import { strict as assert } from "node:assert";
import { setTimeout } from "node:timers/promises";
import { getSession, type Session } from "../../index.ts";
import { gate } from "./gate.ts";
import { data } from "./routes.ts";
import type { Case, Route } from "./stage.ts";

/** Half a megabyte: more than any buffer on the way holds. */
const LINES = Array.from({ length: 64 }, (_, number) => `${number}`.repeat(4096));

/** Answers that are written bit by bit. */
export const streamCases: readonly Case[] = [
  {
    name: "sets the cookie on a streamed answer, and stores before its first piece leaves",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/stream": () => {
            data()["color"] = "red";
            return { status: 200, headers: [], body: pieces(pass.wait) };
          },
        },
      });
      const response = await browser.fetch("/stream");
      assert.equal(browser.setCookies.length, 1);
      assert.deepEqual(await stage.stored(), [{ color: "red" }]);
      pass.open();
      assert.equal(await response.text(), "first second");
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "lets a long streamed answer through as it is",
    async run(stage) {
      const browser = await stage.open({
        routes: {
          "/long": () => {
            data()["color"] = "red";
            return { status: 200, headers: [], body: lines() };
          },
        },
      });
      assert.equal(await browser.text("/long"), LINES.join(""));
      assert.equal(await browser.text("/long"), LINES.join(""));
      assert.deepEqual(await browser.json("/all"), { color: "red" });
    },
  },
  {
    name: "stores what save() and update() are told after the headers have gone",
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/stream": streaming(async (session) => {
            await pass.wait();
            data(session.data)["saved"] = true;
            await session.save();
            await session.update((stored) => {
              data(stored)["updated"] = true;
            });
          }),
        },
      });
      await browser.text("/set?key=color&value=red");
      const response = await browser.fetch("/stream");
      assert.equal(response.status, 200);
      await browser.text("/set?key=meanwhile&value=1");
      pass.open();
      assert.equal(await response.text(), "first second");
      assert.deepEqual(await browser.json("/all"), { color: "red", meanwhile: "1", saved: true, updated: true });
    },
  },
  {
    name: "stores what is changed after the headers have gone, when the answer ends",
    needs: ["end"],
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/stream": streaming(async (session) => {
            await pass.wait();
            data(session.data)["late"] = true;
          }),
        },
      });
      await browser.text("/set?key=color&value=red");
      const response = await browser.fetch("/stream");
      pass.open();
      await response.text();
      await eventually(async () => assert.deepEqual(await browser.json("/all"), { color: "red", late: true }));
    },
  },
  {
    name: "throws ERR_HEADERS_SENT for what would need a cookie after the headers have gone",
    async run(stage) {
      const codes: unknown[] = [];
      const browser = await stage.open({
        routes: {
          "/late": streaming(async (session) => {
            const attempts = [
              () => session.login("ann"),
              () => session.regenerate(),
              () => session.flash("the first thing to keep"),
            ];
            for (const attempt of attempts) {
              try {
                attempt();
                codes.push("no error");
              } catch (error) {
                codes.push((error as { code?: unknown }).code);
              }
            }
          }),
        },
      });
      await browser.text("/late");
      assert.deepEqual(browser.setCookies, []);
      assert.deepEqual(codes, ["ERR_HEADERS_SENT", "ERR_HEADERS_SENT", "ERR_HEADERS_SENT"]);
      assert.deepEqual(await stage.stored(), []);
    },
  },
  {
    name: "commits at flushHeaders, while the body is still to come",
    needs: ["raw"],
    async run(stage) {
      const pass = gate();
      const browser = await stage.open({
        routes: {
          "/flush": async (exchange) => {
            data()["color"] = "red";
            const response = exchange.raw?.().response;
            response?.setHeader("X-Own", "kept");
            response?.flushHeaders();
            await pass.wait();
            response?.end("late");
            return undefined;
          },
        },
      });
      const response = await browser.fetch("/flush");
      assert.equal(response.headers.get("x-own"), "kept");
      assert.equal(browser.setCookies.length, 1);
      assert.deepEqual(await stage.stored(), [{ color: "red" }]);
      pass.open();
      assert.equal(await response.text(), "late");
    },
  },
];

/** Answers in two pieces, and does something between them, when the headers have gone. */
function streaming(between: (session: Session) => Promise<void>): Route {
  return () => {
    const session = getSession();
    return { status: 200, headers: [], body: pieces(() => between(session)) };
  };
}

/** A text in two pieces, and what happens between them. */
export async function* pieces(between: () => Promise<void>): AsyncGenerator<string> {
  yield "first ";
  await between();
  yield "second";
}

async function* lines(): AsyncGenerator<string> {
  yield* LINES;
}

/** What an answer's end sets off isn't over when the client has its last byte. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await check();
      return;
    } catch {
      await setTimeout(10);
    }
  }
  await check();
}
