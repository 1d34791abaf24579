// Why: the documentation links to the contract of a store, to the tests that prove a line, to examples. So that the site
// stands on its own, for this very version, each such file is a page of it.
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, sep } from "node:path";
import { isMarkdown, sourcePage, targetOf } from "../links.ts";

const root = join(import.meta.dirname, "../../..");
const docs = join(root, "docs");
const GENERATED = ["node_modules/**", "reference/**", "source/**", ".vitepress/**"];
const LANGUAGES: Record<string, string> = {
  ".ts": "ts",
  ".tsx": "tsx",
  ".mjs": "js",
  ".json": "json",
  ".py": "python",
  ".yaml": "yaml",
  ".html": "html",
};

rmSync(join(docs, "source"), { recursive: true, force: true });
const written = globSync("**/*.md", { cwd: docs, exclude: GENERATED }).map(
  (page) => `docs/${page.replaceAll(sep, "/")}`,
);
const pending = written.flatMap(outsideLinks);
const done = new Set<string>();
for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
  if (done.has(file) || !statSync(join(root, file), { throwIfNoEntry: false })?.isFile()) continue;
  done.add(file);
  // What Markdown links to is shown as well; the links of a program are its own affair.
  if (isMarkdown(file)) pending.push(...outsideLinks(file));
  const page = join(docs, sourcePage(file));
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, pageOf(file));
}

/** The files outside `docs` that a Markdown file leads to. The checks of the built site find what isn't there. */
function outsideLinks(file: string): string[] {
  const content = readFileSync(join(root, file), "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  const links = [...content.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, href = ""]) => href);
  return links
    .filter((href) => !/^([a-z]+:|\/)/i.test(href))
    .map((href) => targetOf(href, file))
    .filter((target) => !target.startsWith("docs/") && !target.startsWith("..") && !/\.(png|svg|jpg)$/.test(target));
}

function pageOf(file: string): string {
  const path = join(root, file);
  const content = readFileSync(path, "utf8");
  const hidden =
    "---\nsearch: false\npageClass: source\nsidebar: false\naside: false\nprev: false\nnext: false\n---\n\n";
  if (isMarkdown(file)) return hidden + content;
  const fence = "`".repeat(Math.max(3, ...[...content.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length + 1)));
  return `${hidden}# ${file}\n\n${fence}${LANGUAGES[extname(file)] ?? "text"}\n${content.trimEnd()}\n${fence}\n`;
}
