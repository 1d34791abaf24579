import { once } from "node:events";
import { get as httpGet } from "node:http";
import { describe, expect, test } from "vitest";
import { type Client, createClient } from "../../src/testing/index.ts";
import { hasPython } from "../flask/lib/venv.ts";
import { startBoth } from "./run-flask-and-express.ts";

interface Page {
  status: number;
  /** Who answered, as the proxy says. */
  by: string | null;
  /** Without markup. */
  text: string;
  notices: string[];
}

// The first start fetches Flask.
describe.skipIf(!hasPython)("the shop between Flask and Express", { timeout: 180_000 }, () => {
  test.each([
    ["in Redis, or where there is none in files", []],
    ["in files", ["--files"]],
  ])("keeps one session %s", async (_, options) => {
    const { url, end } = await startBoth("--port", "0", ...options);
    const browser = createClient(url);

    const added = await post(browser, "/add", { product: "mug" });
    expect(added).toMatchObject({ by: "express", notices: ["Flask put this into your cart: Enamel mug."] });
    expect(added.text).toMatch(/as Express sees it.*cart Object mug number 1 since Date "?\d{4}-/);
    const before = browser.jar.value("moving", url);

    expect((await get(browser, "/orders")).by).toBe("flask");
    const asked = await get(browser, "/login");
    expect(asked).toMatchObject({ by: "express", notices: ["Sign in to see your orders."] });
    const signedIn = await post(browser, "/login", { name: `"Ada" <Söhne>` });
    expect(signedIn).toMatchObject({ by: "flask", notices: [`Express signed you in, "Ada" <Söhne>.`] });
    expect(signedIn.text).toContain(`current_user is "Ada" <Söhne>`);
    expect(signedIn.text).toMatch(/cart dict mug int 1 .*since datetime \d{4}-/);
    expect(browser.jar.value("moving", url)).not.toBe(before);

    expect((await post(browser, "/stamp/flask")).by).toBe("express");
    const stamped = await post(browser, "/stamp/express");
    expect(stamped).toMatchObject({ by: "flask", notices: ["Express stamped your card, and Flask shows it."] });
    expect(stamped.text).toContain("stamps int 2");

    const ordered = await post(browser, "/cart/order");
    expect(ordered).toMatchObject({ by: "flask", notices: [`Express took your order, "Ada" <Söhne>.`] });
    expect(ordered.text).toMatch(/1 × Enamel mug €14.00 Total €14.00.*at datetime \d{4}-/);

    const signedOut = await post(browser, "/logout");
    expect(signedOut).toMatchObject({ by: "express", notices: ["Flask signed you out, and the session goes on."] });
    expect(signedOut.text).toMatch(/Nobody is signed in.*stamps number 2/);
    await post(browser, "/account/end");
    expect(browser.jar.value("moving", url)).toBeUndefined();
    expect((await get(browser, "/")).text).toContain("Nothing is in it.");

    expect(await end("SIGINT")).toBe(0);
  });

  test("refuses forms of other sites, on both sides, and survives strange addresses", async () => {
    const { url, end } = await startBoth("--port", "0", "--files");
    const browser = createClient(url);
    for (const path of ["/add", "/login"]) {
      const foreign = { method: "POST", headers: { Origin: "https://elsewhere.example" } };
      expect((await browser.fetch(path, foreign)).status).toBe(403);
    }
    expect(await get(browser, "/nowhere")).toMatchObject({ status: 404, by: "flask" });
    expect(await get(browser, "/cart/nowhere")).toMatchObject({ status: 404, by: "express" });
    expect((await post(browser, "/add", { product: "nothing" })).status).toBe(404);
    expect((await post(browser, "/login", { name: " " })).status).toBe(422);
    const [answer] = await once(httpGet({ port: new URL(url).port, path: "//" }), "response");
    expect(answer.statusCode).toBeLessThan(500);
    expect(await end("SIGTERM")).toBe(0);
  });
});

async function get(browser: Client, path: string): Promise<Page> {
  return pageOf(await browser.fetch(path));
}

/** Sends a form, and goes where that leads. */
async function post(browser: Client, path: string, fields: Record<string, string> = {}): Promise<Page> {
  const answer = await browser.fetch(path, { method: "POST", body: new URLSearchParams(fields) });
  const next = answer.headers.get("Location");
  return next === null ? pageOf(answer) : get(browser, next);
}

async function pageOf(answer: Response): Promise<Page> {
  const markup = await answer.text();
  return {
    status: answer.status,
    by: answer.headers.get("X-Answered-By"),
    text: textOf(markup),
    notices: [...markup.matchAll(/<p class="notice [^>]*>(.*?)<\/p>/g)].map(([, inner = ""]) => textOf(inner)),
  };
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#34": '"', "#39": "'", amp: "&" };

function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, "")
    .replace(/&(\w+|#\d+);/g, (entity, name: string) => entities[name] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
}
