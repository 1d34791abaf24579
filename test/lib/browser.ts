import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram } from "../../scripts/lib/programs.ts";

const program = findProgram("chromium");
if (!program && process.env["CI"] === "true") throw new Error("This test needs chromium: apt-get install chromium");

export const hasChromium: boolean = program !== undefined;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env["PICTURES"];

export function launch(): Promise<Browser> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  return chromium.launch({ executablePath: program ?? "", args: [...args, "--disable-background-networking"] });
}

/** What axe finds on a page, and whether it is wider than its window. */
export async function faultsOf(page: Page): Promise<string[]> {
  await page.waitForLoadState();
  await page.evaluate(axe);
  const faults = await page.evaluate<string[]>(
    "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
  );
  const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  return isWide ? [...faults, "wider than its window"] : faults;
}

/** The same on a phone and on a desk, light and dark. */
export async function faultsEverywhere(page: Page, name: string = page.url()): Promise<string[]> {
  const found: string[] = [];
  for (const width of [375, 1440]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const where = `${name} at ${width} px, ${colorScheme}`;
      found.push(...(await faultsOf(page)).map((fault) => `${where}: ${fault}`));
      await keepPicture(page, `${name}-${width}-${colorScheme}`);
    }
  }
  return found;
}

/** To look at, with `PICTURES=folder`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `${name.replace(/[^\w.-]+/g, "-")}.png`) });
}
