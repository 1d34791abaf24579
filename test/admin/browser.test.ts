import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Place, places } from "../../scripts/services/places.ts";
import { sessions } from "../../src/adapters/express.ts";
import { admin, toNode } from "../../src/admin/index.ts";
import { createSessionManager, getSession, type SessionManager, type Store } from "../../src/index.ts";
import { connectStore } from "../../src/stores/index.ts";
import { faultsEverywhere, hasChromium, launch } from "../lib/browser.ts";
import { populate, settle } from "./lib/population.ts";

const PATH = "/admin/sessions";
const WIDTHS = { phone: 375, desk: 1440 };

let browser: Browser;
const contexts: BrowserContext[] = [];
const complaints: string[] = [];

describe.skipIf(!hasChromium)("the page in a browser", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
  });

  afterAll(() => browser.close());

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    // Whatever a policy forbids, a browser complains of.
    expect(complaints.splice(0)).toEqual([]);
  });

  for (const kind of ["sqlite", "redis", "postgres"] as const) {
    describe.skipIf(!places[kind].available)(`over ${kind}`, () => {
      let place: Place;
      let application: Application;

      beforeAll(async () => {
        place = await places[kind].start();
        application = await start(await connectStore(place.url));
      }, 60_000);

      afterAll(async () => {
        await application.stop();
        await place.stop();
      });

      it.each(Object.entries(WIDTHS))("does all that it offers, on a %s of %d pixels", async (_, width) => {
        const { store, manager, url } = application;
        await populate(store, 60);
        const [own, other] = await Promise.all(
          [1, 2].map(() => settle(store, { subject: "joan", data: { csrf_token: "unmasked" } })),
        );
        // Without scripts: there are none.
        const page = await open(url, { viewport: { width, height: 900 }, javaScriptEnabled: false });
        await page.goto("/sign-in");

        await page.goto(PATH);
        expect(await heading(page)).toBe("Overview");
        await page.getByRole("link", { name: "All sessions" }).click();
        await page.getByRole("link", { name: "Next", exact: true }).click();
        await page.getByRole("link", { name: "Previous", exact: true }).click();
        await page.waitForLoadState();
        expect(await page.getByRole("row").count()).toBe(51);

        await find(page, own ?? "");
        expect(await heading(page)).toBe("Session of joan");
        expect(await page.locator(".tree").textContent()).not.toContain("unmasked");
        await page.getByRole("button", { name: "Show what is masked" }).click();
        expect(await page.locator(".tree").textContent()).toContain("unmasked");
        await page.getByRole("link", { name: "Mask it again" }).click();

        await page.getByRole("link", { name: "End this session" }).click();
        await page.getByRole("link", { name: "Cancel" }).click();
        await page.getByRole("link", { name: "End this session" }).click();
        await page.getByRole("button", { name: "End the session" }).click();
        expect(await told(page)).toContain("The session has ended.");
        expect(await manager.get(own ?? "")).toBeUndefined();
        expect(await manager.get(other ?? "")).toBeDefined();

        await find(page, "joan");
        expect(await heading(page)).toBe("Sessions of joan");
        await page.getByRole("link", { name: "End all of this user" }).click();
        await page.getByRole("button", { name: "End all of this user" }).click();
        expect(await told(page)).toBe("1 session of this user has ended.");

        await page.getByRole("link", { name: "Overview" }).click();
        await page.getByRole("link", { name: "End every session" }).click();
        await page.getByRole("button", { name: "End every session but mine" }).click();
        expect(await told(page)).toBe("60 sessions have ended.");
        const left: (string | undefined)[] = [];
        for await (const { subject } of manager.list()) left.push(subject);
        expect(left).toEqual(["ada"]);

        // One's own goes as well, if one wants it: then the application knows nobody any more.
        await find(page, "ada");
        await page.getByRole("link", { name: "End all of this user" }).click();
        expect(await page.locator(".warning").textContent()).toContain("you are signed out too");
        await page.getByRole("button", { name: "End all of this user" }).click();
        expect(await page.locator("body").textContent()).toContain("Forbidden");
        expect(complaints.splice(0)).toEqual([expect.stringContaining("403")]);
      });
    });
  }

  it("is accessible on every page, wide and narrow, light and dark", { timeout: 120_000 }, async () => {
    const place = await places.sqlite.start();
    const { store, url, stop } = await start(await connectStore(place.url));
    await populate(store, 80);
    const circle: Record<string, unknown> = { csrf_token: "x", cart: [{ sku: "kettle" }], long: "x".repeat(500) };
    circle["again"] = circle;
    const device = { userAgent: "x".repeat(500), address: "203.0.113.0/24" };
    const id = await settle(store, { subject: "w".repeat(255), data: circle, device: { first: device, last: device } });
    const page = await open(url);
    await page.goto("/sign-in");
    for (const query of [
      "",
      "?list=",
      `?user=${"w".repeat(255)}`,
      `?session=${id}`,
      "?user=nobody",
      "?do=end-everything",
      `?do=end&session=${id}`,
      "?progress=",
    ]) {
      await page.goto(PATH + query);
      const closed = page.locator("details:not([open]) > summary");
      while ((await closed.count()) > 0) await closed.first().click();
      expect(await faultsEverywhere(page)).toEqual([]);
    }
    await page.goto(`${PATH}?session=${id}`);
    await page.getByRole("button", { name: "Show what is masked" }).click();
    expect(await faultsEverywhere(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.goto(`${PATH}?session=x`);
    expect(await faultsEverywhere(page)).toEqual([]);
    expect(complaints.splice(0)).toEqual([expect.stringContaining("404")]);
    await stop();
    await place.stop();
  });

  it("is used by keyboard alone, from the first key to an end", async () => {
    const place = await places.sqlite.start();
    const { store, manager, url, stop } = await start(await connectStore(place.url));
    const id = await settle(store, { subject: "joan" });
    const page = await open(url);
    await page.goto("/sign-in");
    await page.goto(`${PATH}?session=${id}`);
    const press = async (name: string) => {
      for (let tabs = 0; tabs < 30; tabs++) {
        await page.keyboard.press("Tab");
        if ((await page.evaluate<string>("document.activeElement.textContent"))?.includes(name)) break;
      }
      // The ring that shows where one is.
      expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
      await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
    };
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("To the content");
    await press("End this session");
    await press("End the session");
    expect(await told(page)).toContain("The session has ended.");
    expect(await manager.get(id)).toBeUndefined();
    await stop();
    await place.stop();
  });
});

interface Application {
  store: Store;
  manager: SessionManager;
  url: string;
  stop(): Promise<void>;
}

/** An application whose operator is called ada. */
async function start(store: Store): Promise<Application> {
  await store.setup?.();
  const manager = createSessionManager({ store, device: true, cookie: { secure: false } });
  const app = express();
  app.get("/favicon.ico", (_req, res) => res.status(204).end());
  app.use(sessions(manager));
  app.get("/sign-in", (_req, res) => {
    getSession().login("ada");
    res.send("welcome");
  });
  app.use(PATH, toNode(admin({ manager, authorize: () => getSession().subject === "ada" })));
  const server: Server = createServer(app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await manager.close();
  };
  return { store, manager, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function open(url: string, options?: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(15_000);
  contexts.push(context);
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  return page;
}

async function find(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Find" }).click();
}

function heading(page: Page): Promise<string | null> {
  return page.getByRole("heading", { level: 1 }).textContent();
}

function told(page: Page): Promise<string | null> {
  return page.locator(".told").textContent();
}
