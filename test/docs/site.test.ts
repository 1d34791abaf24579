import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { pages } from "../../docs/.vitepress/navigation.ts";
import { findProgram } from "../../scripts/lib/programs.ts";
import { sh } from "../../scripts/lib/sh.ts";
import { serveFolder } from "./lib/site.ts";

const program = findProgram("chromium");
if (!program && process.env["CI"] === "true") throw new Error("This test needs chromium: apt-get install chromium");

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** To look at: `PICTURES=folder` keeps what the browser shows. */
const pictures = process.env["PICTURES"];
const site = join(import.meta.dirname, "../../.cache/site");

// One of each kind, and the widest tables.
const looks = [
  ...["/", "/start/express.html", "/concepts/expiry.html", "/guides/sign-in.html", "/stores/index.html"],
  ...["/security/asvs.html", "/operations/sizing.html", "/guarantees.html", "/performance.html", "/why.html"],
  ...["/reference/index.html", "/reference/dewar.html", "/source/src/store.ts.html"],
];

let url: string;
let close: () => void;

beforeAll(async () => {
  const { code, output } = sh(`"${process.execPath}" scripts/docs.ts build`, { quiet: true });
  if (code !== 0) throw new Error(`The site can't be built:\n${output}`);
  ({ url, close } = await serveFolder(site));
}, 240_000);

afterAll(() => close?.());

test("llms.txt names every page, and llms-full.txt holds them", () => {
  const list = readFileSync(join(site, "llms.txt"), "utf8");
  const named = [...list.matchAll(/^- \[[^\]]+\]\(([^)]+)\): \S/gm)].map(([, address = ""]) => address);
  const wanted = pages.map((page) => `${page.slice(1).replace(/\/$/, "/index")}.html`);
  expect(wanted.filter((page) => !named.includes(page))).toEqual([]);
  expect(named.filter((address) => !existsSync(join(site, address)))).toEqual([]);
  const full = readFileSync(join(site, "llms-full.txt"), "utf8");
  expect(named.filter((address) => !full.includes(`<!-- ${address} -->`))).toEqual([]);
  expect(full).not.toContain("<!-- preamble");
});

describe.skipIf(!program)("in a browser", { timeout: 120_000 }, () => {
  test("pages look right, wide and narrow, light and dark, and can be used by all", async () => {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [375, 1440]) {
        const { context, complaints } = await openBrowser({ colorScheme, viewport: { width, height: 900 } });
        const page = await context.newPage();
        for (const path of looks) {
          await page.goto(url + path);
          const where = `${path} at ${width} px, ${colorScheme}`;
          found.push(...(await violations(page)).map((violation) => `${where}: ${violation}`));
          if (pictures) await page.screenshot({ path: join(pictures, nameOf(path, width, colorScheme)) });
        }
        found.push(...complaints);
        await context.close();
      }
    }
    expect(found).toEqual([]);
  });

  test("what is looked for is found without a network", async () => {
    const { context, complaints } = await openBrowser({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${url}/`);
    await page.getByRole("button", { name: "Search" }).click();
    const field = page.getByRole("searchbox");
    await field.fill("expiry");
    await page.getByRole("option").first().waitFor();
    await context.setOffline(true);
    await field.fill("revokeAll");
    const result = page.getByRole("option", { name: /Sign out everywhere/ }).first();
    await result.waitFor();
    await context.setOffline(false);
    await result.click();
    await page.waitForURL(/sign-out-everywhere\.html/);
    await page.getByRole("heading", { level: 1, name: "Sign out everywhere" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("the reader chooses between TypeScript and JavaScript", async () => {
    const { context } = await openBrowser({ viewport: { width: 375, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${url}/start/express.html`);
    const required = page.getByText('require("dewar/express")');
    expect(await required.isVisible()).toBe(false);
    await page.getByText("JavaScript (CommonJS)").click();
    expect(await required.isVisible()).toBe(true);
  });
});

/** Complaints: what a page says on the console, and every request that goes elsewhere. */
async function openBrowser(
  options: Parameters<Awaited<ReturnType<typeof chromium.launch>>["newContext"]>[0],
): Promise<{ context: BrowserContext; complaints: string[] }> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath: program ?? "", args });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const complaints: string[] = [];
  context.on("console", (message) => complaints.push(message.text()));
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`);
  });
  return { context, complaints };
}

/** What axe finds, and whether the page is wider than its window. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const names = await page.evaluate<string[]>(
    "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
  );
  const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  return isWide ? [...names, "wider than the window"] : names;
}

function nameOf(path: string, width: number, colorScheme: string): string {
  return `${path.slice(1).replaceAll("/", "-") || "home"}-${width}-${colorScheme}.png`;
}
