import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { filled, PAGES } from "../../scripts/docs-figures/pages.ts";

describe.each(PAGES)("%s", (page) => {
  const text = readFileSync(page, "utf8");

  it("shows what was last measured: else run node scripts/docs-figures.ts", () => expect(filled(text)).toBe(text));

  it("has tables", () => expect(text.match(/^\| --- \|/gm)?.length).toBeGreaterThan(0));
});

it("a region that there are no figures of is an error that names those there are", () => {
  const page = "<!-- figures: made-up -->\n<!-- end -->";
  expect(() => filled(page)).toThrow(/^No figures "made-up"\. There are: .*\bsizes\b/);
});
