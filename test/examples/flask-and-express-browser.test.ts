import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { findProgram } from "../../scripts/lib/programs.ts";
import { hasPython } from "../flask/lib/venv.ts";
import { startBoth } from "./run-flask-and-express.ts";

const program = findProgram("chromium");
if (!program && process.env["CI"] === "true") throw new Error("This test needs chromium: apt-get install chromium");

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** To look at: `PICTURES=folder` keeps what the browser shows. */
const pictures = process.env["PICTURES"];

// The first start fetches Flask.
describe.skipIf(!program || !hasPython)("Flask and Express in a browser", { timeout: 180_000 }, () => {
  test("look like one shop, wide and narrow, light and dark, and can be used by all", async () => {
    const { url, end } = await startBoth("--port", "0");
    const { page, complaints } = await openBrowser(url);
    const check = async (name: string) => expect(await violations(page, name)).toEqual([]);

    await page.goto("/");
    await check("shop");
    await page.getByRole("button", { name: "Add to cart Traveller flask" }).click();
    expect(await answering(page)).toMatch(/^Express answered \/cart on Node/);
    await check("cart");

    await page.getByRole("link", { name: "Orders" }).click();
    expect(await notices(page)).toEqual(["Sign in to see your orders."]);
    await check("login");
    await page.getByLabel("Your name").fill("Ada");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await answering(page)).toMatch(/^Flask answered \/orders on Python/);
    expect(await page.getByRole("complementary").textContent()).toContain("current_user is Ada");

    await page.getByRole("link", { name: /^Cart/ }).click();
    await page.getByRole("button", { name: "Place the order" }).click();
    await check("orders");
    await page.getByRole("button", { name: "Stamp by Express" }).click();
    expect(await answering(page)).toMatch(/^Flask answered/);
    await page.getByRole("button", { name: "Stamp by Flask" }).click();
    expect(await answering(page)).toMatch(/^Express answered/);
    expect(await page.getByRole("img", { name: "2 of 10 stamps" }).isVisible()).toBe(true);
    await check("account");

    await page.getByRole("button", { name: "Sign out on Flask" }).click();
    expect(await notices(page)).toEqual(["Flask signed you out, and the session goes on."]);
    expect(complaints).toEqual([]);
    expect(await end("SIGTERM")).toBe(0);
  });
});

async function openBrowser(url: string): Promise<{ page: Page; complaints: string[] }> {
  const browser = await chromium.launch({
    executablePath: program ?? "",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ baseURL: url, reducedMotion: "reduce" });
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  return { page, complaints };
}

function answering(page: Page): Promise<string | null> {
  return page.locator(".side").textContent();
}

async function notices(page: Page): Promise<string[]> {
  await page.waitForLoadState();
  return page.locator(".notice").allTextContents();
}

/** What axe finds, and what is wider than its window. */
async function violations(page: Page, name: string): Promise<string[]> {
  await page.waitForLoadState();
  const found: string[] = [];
  for (const width of [375, 1440]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const where = `${name} at ${width} px, ${colorScheme}`;
      await page.evaluate(axe);
      const names = await page.evaluate<string[]>(
        "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
      );
      found.push(...names.map((violation) => `${where}: ${violation}`));
      if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) found.push(`${where}: too wide`);
      if (pictures) {
        await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  return found;
}
