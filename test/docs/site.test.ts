import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { pages } from "../../docs/.vitepress/navigation.ts";
import { sh } from "../../scripts/lib/sh.ts";
import { faultsOf, hasChromium, keepPicture, launch } from "../lib/browser.ts";
import { serveFolder } from "./lib/site.ts";

const site = join(import.meta.dirname, "../../.cache/site");

// One of each kind, and the widest tables.
/** Before that, a click is lost. */
const IS_AWAKE = "document.querySelector('#app').__vue_app__";
const shown = [
  ...["/", "/start/express.html", "/concepts/expiry.html", "/guides/sign-in.html", "/stores/index.html"],
  ...["/security/asvs.html", "/operations/sizing.html", "/guarantees.html", "/performance.html", "/why.html"],
  ...["/reference/index.html", "/reference/dewar.html", "/source/src/store.ts.html"],
];

/** Each width and each scheme once: what is too wide is so in both schemes, what is too pale in both widths. */
const looks = [
  { colorScheme: "light", viewport: { width: 375, height: 900 } },
  { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
] as const;

let browser: Browser;
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

describe.skipIf(!hasChromium)("in a browser", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
  });

  afterAll(() => browser.close());

  test("pages look right, narrow and light, wide and dark, and can be used by all", async () => {
    const found: string[] = [];
    for (const look of looks) {
      const { context, complaints } = await openContext(look);
      const page = await context.newPage();
      for (const path of shown) {
        await page.goto(url + path);
        const where = `${path} at ${look.viewport.width} px, ${look.colorScheme}`;
        found.push(...(await faultsOf(page)).map((fault) => `${where}: ${fault}`));
        await keepPicture(page, `${path.slice(1) || "home"}-${look.viewport.width}`);
      }
      found.push(...complaints);
    }
    expect(found).toEqual([]);
  });

  test("what is looked for is found without a network", async () => {
    const { context, complaints } = await openContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${url}/`);
    await page.waitForFunction(IS_AWAKE);
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
    const { context } = await openContext({ viewport: { width: 375, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${url}/start/express.html`);
    await page.waitForFunction(IS_AWAKE);
    const required = page.getByText('require("dewar/express")');
    expect(await required.isVisible()).toBe(false);
    await page.getByText("JavaScript (CommonJS)").click();
    expect(await required.isVisible()).toBe(true);
  });
});

/** Complaints: what a page says on the console, and every request that goes elsewhere. */
async function openContext(options: BrowserContextOptions): Promise<{ context: BrowserContext; complaints: string[] }> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  onTestFinished(() => context.close());
  const complaints: string[] = [];
  context.on("console", (message) => complaints.push(message.text()));
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(url)) complaints.push(`asked for ${request.url()}`);
  });
  return { context, complaints };
}
