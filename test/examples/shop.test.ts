import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findProgram } from "../../scripts/lib/programs.ts";
import { type Shop, startShop } from "./run-shop.ts";

const program = findProgram("chromium");
if (!program && process.env["CI"] === "true") throw new Error("This test needs chromium: apt-get install chromium");

const phoneAgent = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(!program)("the shop in a browser", { timeout: 60_000 }, () => {
  let browser: Browser;
  let folder: string;
  let shop: Shop;
  let store: string;
  let contexts: BrowserContext[];
  let complaints: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dewar-shop-"));
    browser = await chromium.launch({
      executablePath: program ?? "",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async ({ task }) => {
    store = `sqlite:${join(folder, `${task.id}.sqlite`)}`;
    shop = await startShop("--port", "0", "--store", store);
    contexts = [];
    complaints = [];
  });

  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const { code } = await shop.end();
    expect(code).toBe(0);
    expect(complaints).toEqual([]);
  });

  async function openBrowser(options?: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({ baseURL: shop.url, reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(15_000);
    contexts.push(context);
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(`${page.url()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    return page;
  }

  async function restart(signal: NodeJS.Signals): Promise<void> {
    // A style sheet or an icon that is still on its way would be a complaint of the console.
    const pages = contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.waitForLoadState("networkidle")));
    await shop.end(signal);
    shop = await startShop("--port", shop.port, "--store", store);
  }

  test("keeps the cart and the sign-in when the shop is killed and started again", async () => {
    const page = await openBrowser();
    await addToCart(page, "Traveller flask");
    await signIn(page, "Ada");
    await restart("SIGKILL");

    await page.goto("/cart");
    expect(await headings(page)).toEqual(["Your cart", "Traveller flask"]);
    expect(await navigation(page)).toContain("Ada");
  });

  test("lists devices, and signs out the one that another ends", async () => {
    const desk = await openBrowser();
    await signIn(desk, "Ada");
    const phone = await openBrowser({ userAgent: phoneAgent });
    await signIn(phone, "Ada");

    await phone.getByRole("link", { name: "Your devices" }).click();
    expect(await headings(phone)).toEqual(["Your devices", "Firefox on Android This device", "Chrome on Linux"]);
    await phone.getByRole("button", { name: "End Chrome on Linux" }).click();
    expect(await notice(phone)).toBe("Chrome on Linux is signed out.");
    expect(await headings(phone)).toEqual(["Your devices", "Firefox on Android This device"]);

    await desk.getByRole("link", { name: "Your devices" }).click();
    expect(await headings(desk)).toEqual(["Sign in"]);
    await desk.getByLabel("Your name").fill("Ada");
    await desk.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    expect(await headings(desk)).toEqual(["Your devices", "Chrome on Linux This device", "Firefox on Android"]);
  });

  test("ends all other sessions at once, and only this user's", async () => {
    const [first, second, third, other] = [
      await openBrowser(),
      await openBrowser(),
      await openBrowser(),
      await openBrowser(),
    ];
    for (const page of [first, second, third]) await signIn(page, "Ada");
    await signIn(other, "Eve");

    await first.goto("/devices");
    await first.getByRole("button", { name: "End all others" }).click();
    expect(await notice(first)).toBe("2 other sessions are ended.");
    for (const page of [second, third]) {
      await page.reload();
      expect(await navigation(page)).not.toContain("Ada");
    }
    await other.reload();
    expect(await navigation(other)).toContain("Eve");
  });

  test("does not end another user's session", async () => {
    const [desk, phone, other] = [await openBrowser(), await openBrowser(), await openBrowser()];
    for (const page of [desk, phone]) await signIn(page, "Ada");
    await signIn(other, "Eve");
    await desk.goto("/devices");
    const ending = await desk.locator('form[action$="/end"]').getAttribute("action");

    const answer = await other.context().request.post(ending ?? "");
    expect(await answer.text()).toContain("That session has ended already.");
    await phone.reload();
    expect(await navigation(phone)).toContain("Ada");
  });

  test("sells without JavaScript", async () => {
    const page = await openBrowser({ javaScriptEnabled: false });
    await addToCart(page, "Enamel mug");
    await page.getByLabel("How many: Enamel mug").fill("3");
    await page.getByRole("button", { name: "Update Enamel mug" }).click();
    await addToCart(page, "Camp kettle");
    await page.getByRole("button", { name: "Remove Camp kettle" }).click();
    expect(await notice(page)).toBe("Camp kettle is out of your cart.");
    expect(await page.locator(".sum").textContent()).toMatch(/€42\.00/);

    await page.getByRole("button", { name: "Place the order" }).click();
    expect(await notice(page)).toBe("Sign in to place your order.");
    await page.getByLabel("Your name").fill("Grace");
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Place the order" }).click();
    expect(await page.getByRole("main").textContent()).toMatch(/Order KW-\d{6}.*3 pieces for €42\.00/s);

    await page.getByRole("button", { name: "Sign out" }).click();
    expect(await notice(page)).toBe("You are signed out.");
    expect(await navigation(page)).not.toContain("Grace");
  });

  test("shows what visitors type as they typed it", async () => {
    const page = await openBrowser();
    const name = `<b>"O'Hara" & Söhne</b>`;
    await signIn(page, name);
    expect(await notice(page)).toBe(`You are signed in as ${name}.`);
    expect(await navigation(page)).toContain(name);
  });

  test("keeps sessions in the cookie, and says what that costs", async () => {
    await shop.end();
    store = `cookie:${join(folder, "shop.secret")}`;
    shop = await startShop("--port", "0", "--store", store);
    const page = await openBrowser();
    await addToCart(page, "Soup jar");
    await signIn(page, "Ada");
    await restart("SIGTERM");

    await page.goto("/devices");
    expect(await headings(page)).toEqual(["Your devices can't be listed"]);
    expect(await navigation(page)).toMatch(/Cart 1.*Ada/s);
  });

  test("is accessible on every page, wide and narrow, light and dark", { timeout: 120_000 }, async () => {
    const page = await openBrowser();
    const phone = await openBrowser({ userAgent: phoneAgent });
    const check = async () => expect(await violations(page)).toEqual([]);

    for (const path of ["/", "/products/kettle", "/cart", "/sign-in"]) {
      await page.goto(path);
      await check();
    }
    await addToCart(page, "Traveller flask");
    await check();
    await page.goto("/devices");
    await check();
    await signIn(page, "Ada");
    await signIn(phone, "Ada");
    await page.goto("/devices");
    await check();
    await page.goto("/cart");
    await page.getByRole("button", { name: "Place the order" }).click();
    await check();
    expect(complaints).toEqual([]);

    // A browser reports these statuses to its console, whatever the page.
    await page.goto("/nowhere");
    await check();
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, " ");
    expect(await page.getByLabel("Your name").getAttribute("aria-invalid")).toBe("true");
    await check();
    expect(complaints.splice(0)).toEqual([expect.stringContaining("404"), expect.stringContaining("422")]);
  });
});

async function addToCart(page: Page, product: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("button", { name: `Add to cart ${product}` }).click();
  expect(await notice(page)).toBe(`${product} is in your cart.`);
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await page.locator(".notice, .wrong").waitFor();
}

function notice(page: Page): Promise<string | null> {
  return page.locator(".notice").textContent();
}

function navigation(page: Page): Promise<string | null> {
  return page.getByRole("navigation").textContent();
}

async function headings(page: Page): Promise<string[]> {
  await page.waitForLoadState();
  return page.getByRole("main").getByRole("heading").allInnerTexts();
}

/** What axe finds, and what is wider than its window. */
async function violations(page: Page): Promise<string[]> {
  await page.waitForLoadState();
  const found: string[] = [];
  for (const width of [375, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const where = `${page.url()} at ${width} px, ${colorScheme}`;
      await page.evaluate(axe);
      const names = await page.evaluate<string[]>(
        "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
      );
      found.push(...names.map((name) => `${where}: ${name}`));
      if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) found.push(`${where}: too wide`);
    }
  }
  return found;
}
