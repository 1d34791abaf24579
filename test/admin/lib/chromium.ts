import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram } from "../../../scripts/lib/programs.ts";

const program = findProgram("chromium");
if (!program && process.env["CI"] === "true") throw new Error("This test needs chromium: apt-get install chromium");

export const hasChromium: boolean = program !== undefined;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export function launch(): Promise<Browser> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  return chromium.launch({ executablePath: program ?? "", args });
}

/** What axe finds, and what is wider than its window, on a phone and on a desk, light and dark. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe);
  for (const width of [375, 1440]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const names = await page.evaluate<string[]>(
        "axe.run({ preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
      );
      const where = `${page.url()} at ${width} px, ${colorScheme}`;
      found.push(...names.map((name) => `${where}: ${name}`));
      if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) found.push(`${where}: too wide`);
    }
  }
  return found;
}
