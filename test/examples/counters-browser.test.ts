import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { findProgram } from "../../scripts/lib/programs.ts";
import { counters } from "./counters/list.ts";
import { start } from "./counters/run.ts";

const program = findProgram("chromium");
if (!program && process.env["CI"] === "true") throw new Error("This test needs chromium: apt-get install chromium");

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** To look at: `PICTURES=folder` keeps what the browser shows. */
const pictures = process.env["PICTURES"];
// One page for all of them: another test sees to that.
const express = counters.filter(({ name }) => name === "adapters/express");

describe.skipIf(!program)("a counter in a browser", { timeout: 60_000 }, () => {
  test.each(express)("$name: works without JavaScript, on a phone, for all", async (counter) => {
    const cwd = await mkdtemp(join(tmpdir(), "dewar-counter-"));
    onTestFinished(() => rm(cwd, { recursive: true }));
    const running = await start(counter, cwd, {});
    onTestFinished(async () => void (await running.end()));
    const { desk, phone, complaints } = await openBrowser(running.url);

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

  test.each(express)("$name: axe finds nothing, and nothing is too wide", async (counter) => {
    const cwd = await mkdtemp(join(tmpdir(), "dewar-counter-"));
    onTestFinished(() => rm(cwd, { recursive: true }));
    const running = await start(counter, cwd, {});
    onTestFinished(async () => void (await running.end()));
    const { withScript: page } = await openBrowser(running.url);

    await page.goto("/");
    expect(await violations(page, "signed-out")).toEqual([]);
    await page.getByLabel("Your name").fill("Lovelace".repeat(7));
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await violations(page, "signed-in")).toEqual([]);
  });
});

async function openBrowser(baseURL: string) {
  const browser = await chromium.launch({
    executablePath: program ?? "",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  onTestFinished(() => browser.close());
  const complaints: string[] = [];
  const open = async (javaScriptEnabled: boolean): Promise<Page> => {
    const context = await browser.newContext({ baseURL, javaScriptEnabled, viewport: { width: 375, height: 800 } });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(`${page.url()}: ${message.text()}`));
    return page;
  };
  return { desk: await open(false), phone: await open(false), withScript: await open(true), complaints };
}

/** What axe finds, and what is wider than its window. */
async function violations(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const width of [375, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const where = `${name} at ${width} px, ${colorScheme}`;
      await page.evaluate(axe);
      const names = await page.evaluate<string[]>(
        "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
      );
      found.push(...names.map((violation) => `${where}: ${violation}`));
      if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) found.push(`${where}: too wide`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  return found;
}
