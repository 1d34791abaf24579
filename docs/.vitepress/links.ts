import { existsSync } from "node:fs";
import { join, posix } from "node:path";

const root = join(import.meta.dirname, "../..");

/**
 * Where a link of a page leads on the site. Pages are written to be read in the repository too: there a link may lead to
 * a file of the program or of its tests. On the site, each such file is a page below `source/`.
 *
 * @param from The file that holds the link, named from the root of the repository.
 */
export function linkOnSite(href: string, from: string): string {
  if (/^([a-z]+:|\/\/|#)/i.test(href)) return href;
  const [, path = "", rest = ""] = /^([^?#]*)(.*)$/.exec(href) ?? [];
  const target = targetOf(path, from);
  if (!target.startsWith("docs/")) return `/${sourcePage(target)}${isMarkdown(target) ? rest : ""}`;
  return `/${target.slice("docs/".length).replace(/(^|\/)README\.md$/, "$1index.md")}${rest}`;
}

/** The file that a path in a file means, named from the root of the repository. Of a folder, it is the README. */
export function targetOf(path: string, from: string): string {
  const target = path.startsWith("/") ? `docs${path}` : posix.join(posix.dirname(from), path);
  const readme = posix.join(target, "README.md");
  return existsSync(join(root, readme)) ? readme : target;
}

/** The page, named from `docs`, that shows a file of the repository. */
export function sourcePage(file: string): string {
  return isMarkdown(file) ? `source/${file}` : `source/${file}.md`;
}

/** The file that a page shows, or was written as: named from the root of the repository. */
export function fileOf(page: string): string {
  if (page.startsWith("source/")) return page.slice("source/".length);
  return `docs/${page === "stores/index.md" ? "stores/README.md" : page}`;
}

export function isMarkdown(file: string): boolean {
  return file.endsWith(".md");
}
