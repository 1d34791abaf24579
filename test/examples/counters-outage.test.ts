import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createClient } from "../../src/testing/index.ts";
import { counters } from "./counters/list.ts";
import { open, send } from "./counters/page.ts";
import { start } from "./counters/run.ts";
import { canRun, Servers } from "./counters/servers.ts";

const cached = counters.filter(({ name }) => name === "stores/cached");

test.each(cached.filter(canRun))("$name goes on while Redis is away, as its page says", async (counter) => {
  const servers = new Servers();
  onTestFinished(() => servers.stop());
  const cwd = await mkdtemp(join(tmpdir(), "dewar-counter-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const running = await start(counter, cwd, await servers.environmentOf(counter));
  onTestFinished(async () => void (await running.end()));

  const browser = createClient(running.url);
  await send(browser, "/sign-in", { name: "Ada" });
  await (await servers.start("redis")).service?.kill();
  expect(await send(browser, "/add")).toBe(303);
  expect(await open(browser)).toMatchObject({ count: 1, user: "Ada" });
  expect(await send(browser, "/sign-out-everywhere")).toBe(303);
  expect(await open(browser)).toMatchObject({ count: 0, user: undefined });
});
