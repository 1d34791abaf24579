import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { faultsEverywhere, hasChromium, launch } from "../lib/browser.ts";
import { type Counter, counters } from "./counters/list.ts";
import { type Running, start } from "./counters/run.ts";

// One page for all of them: another test sees to that.
const express = counters.find(({ name }) => name === "adapters/express") as Counter;

describe.skipIf(!hasChromium)("a counter in a browser", { timeout: 60_000 }, () => {
  let cwd: string;
  let running: Running;
  let browser: Browser;

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "dewar-counter-"));
    running = await start(express, cwd, {});
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await running?.end();
    await rm(cwd, { recursive: true });
  });

  const open = async (complaints: string[], javaScriptEnabled: boolean): Promise<Page> => {
    const viewport = { width: 375, height: 800 };
    const context = await browser.newContext({ baseURL: running.url, javaScriptEnabled, viewport });
    onTestFinished(() => context.close());
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(`${page.url()}: ${message.text()}`));
    return page;
  };

  test("works without JavaScript, on a phone, for all", async () => {
    const complaints: string[] = [];
    const [desk, phone] = [await open(complaints, false), await open(complaints, false)];

    await desk.goto("/");
    await desk.getByRole("button", { name: "Add one" }).click();
    await desk.getByRole("button", { name: "Add one" }).click();
    expect(await desk.locator(".count").textContent()).toBe("2");
    const name = `<b>Ada</b> ${"Lovelace".repeat(6)}`;
    for (const page of [desk, phone]) {
      await page.goto("/");
      await page.getByLabel("Your name").fill(name);
      await page.getByRole("button", { name: "Sign in" }).click();
      expect(await page.getByRole("heading", { level: 2 }).textContent()).toBe(`Signed in as ${name}`);
    }

    await desk.getByRole("button", { name: "Sign out everywhere" }).click();
    for (const page of [desk, phone]) {
      await page.goto("/");
      expect(await page.getByRole("heading", { level: 2 }).textContent()).toBe("Nobody is signed in");
    }
    expect(complaints).toEqual([]);
  });

  test("axe finds nothing, and nothing is too wide", async () => {
    const page = await open([], true);
    await page.goto("/");
    expect(await faultsEverywhere(page, "signed-out")).toEqual([]);
    await page.getByLabel("Your name").fill("Lovelace".repeat(7));
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await faultsEverywhere(page, "signed-in")).toEqual([]);
  });
});
