import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { apiPage } from "../../scripts/api.ts";

const page = readFileSync(join(import.meta.dirname, "../../API.md"), "utf8");

test("API.md says what the source says: if not, node scripts/api.ts writes it", () => {
  expect(page).toBe(apiPage());
});

test("API.md mounts every adapter and makes every store, and is short", () => {
  const subpaths = Object.keys(manifest.exports).map((subpath) => `dewar${subpath.slice(1)}`);
  const wanted = subpaths.filter((name) =>
    /\/(express|koa|fastify|hono|node|fetch)$|\/stores\b(?!\/cached)/.test(name),
  );
  expect(wanted.length).toBeGreaterThan(12);
  expect(wanted.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  expect(page.length).toBeLessThan(20_000);
});
