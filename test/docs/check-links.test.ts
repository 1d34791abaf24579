import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileOf, linkOnSite } from "../../docs/.vitepress/links.ts";
import { findFaults } from "../../scripts/check-links.ts";

const good = {
  "index.html": `<a href="/start/a.html#run-it">A</a><img src="/f.svg" alt="A flask"><img class="VPImage logo" alt>`,
  "start/a.html": `<h2 id="run-it">Run it</h2><a href="../index.html">Home</a><a href="https://example.com/x">Elsewhere</a>`,
  "f.svg": "<svg/>",
};

test("a site that holds together has no faults", () => {
  expect(faultsOf(good, ["/start/a"])).toEqual([]);
});

test.each([
  ["a page that isn't there", `<a href="/start/b.html">B</a>`, "index.html: /start/b.html: there is no such file"],
  [
    "a heading that isn't there",
    `<a href="/start/a.html#x">A</a>`,
    "index.html: /start/a.html#x: there is no such heading",
  ],
  ["a heading of this page", `<a href="#x">X</a>`, "index.html: #x: there is no such heading"],
  ["an address without a host", `<a href="https:///x">X</a>`, "index.html: https:///x: not a well-formed address"],
  [
    "an address without a protocol",
    `<a href="//example.com">X</a>`,
    "index.html: //example.com: an address without its protocol",
  ],
  [
    "a picture",
    `<img src="/f.svg" alt="">`,
    `index.html: a picture without a text alternative: <img src="/f.svg" alt="">`,
  ],
  ["a drawing", `<svg role="img">`, `index.html: a picture without a text alternative: <svg role="img">`],
])("finds %s", (_, html, fault) => {
  expect(faultsOf({ ...good, "index.html": html }, ["/start/a"])).toEqual([fault]);
});

test("a site can lie below a path of its host", () => {
  const below = { ...good, "index.html": `<a href="/dewar/start/a.html">A</a><a href="/start/a.html">A</a>` };
  expect(faultsOf(below, ["/start/a"], "/dewar/")).toEqual(["index.html: /start/a.html: outside /dewar/"]);
});

test("finds pages that nothing leads to, and entries that lead nowhere", () => {
  expect(faultsOf(good, ["/start/"])).toEqual([
    "start/a.html: no entry in docs/.vitepress/navigation.ts",
    "docs/.vitepress/navigation.ts: start/index.html isn't there",
  ]);
});

test.each([
  ["docs/start/koa.md", "../stores/README.md#one", "/stores/index.md#one"],
  ["docs/start/koa.md", "../stores", "/stores/index.md"],
  ["docs/start/koa.md", "fetch.md", "/start/fetch.md"],
  ["docs/stores/README.md", "../../src/store.ts#L3", "/source/src/store.ts.md"],
  ["docs/architecture.md", "../SECURITY.md#reporting", "/source/SECURITY.md#reporting"],
  ["README.md", "docs/stores/sql.md", "/stores/sql.md"],
  ["README.md", "examples/flask-and-express", "/source/examples/flask-and-express/README.md"],
  ["docs/start/koa.md", "https://example.com/a.md", "https://example.com/a.md"],
  ["docs/start/koa.md", "#next", "#next"],
])("in %s, %s leads to %s on the site", (from, href, target) => {
  expect(linkOnSite(href, from)).toBe(target);
});

test("a page of the site is told from the file that it shows", () => {
  expect(["stores/index.md", "why.md", "source/README.md"].map(fileOf)).toEqual([
    "docs/stores/README.md",
    "docs/why.md",
    "README.md",
  ]);
});

function faultsOf(files: Record<string, string>, expected: string[], base?: string): string[] {
  const site = mkdtempSync(join(tmpdir(), "dewar-site-"));
  onTestFinished(() => rmSync(site, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    writeFileSync(join(site, name), content);
  }
  return findFaults(site, expected, base);
}
