import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, onTestFinished } from "vitest";
import { blocksOf } from "../../../scripts/check-code.ts";

/** In the repository, so that the code finds its packages. */
const folder = join(
  import.meta.dirname,
  `../../../.cache/guides-${process.pid}-${Math.random().toString(36).slice(2)}`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/**
 * Runs the block of a guide that contains `marker`, and gives its exports. Sessions are kept in memory. `given` are the
 * functions that the block takes from its reader's application.
 */
export async function runBlock<Exports>(
  guide: string,
  marker: string,
  given: Record<string, unknown> = {},
): Promise<Exports> {
  const page = readFileSync(join(import.meta.dirname, `../../../docs/guides/${guide}.md`), "utf8");
  const found = blocksOf(page, true).filter(({ code }) => code.includes(marker));
  const [block] = found;
  if (block === undefined || found.length > 1) throw new Error(`${guide}.md: ${found.length} blocks with "${marker}"`);
  Object.assign(globalThis, given);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${guide}-${count++}.ts`);
  writeFileSync(file, block.code.replaceAll('"sessions.sqlite"', '":memory:"'));
  return import(pathToFileURL(file).href);
}

/** A form as browsers send it. */
export function form(fields: Record<string, string>): RequestInit {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", headers, body: new URLSearchParams(fields).toString() };
}

/** Sets a variable of the environment for this test. */
export function setEnvironment(name: string, value: string): void {
  process.env[name] = value;
  onTestFinished(() => {
    delete process.env[name];
  });
}
