// Why: a program that helps someone write code reads Markdown better than pages. `llms.txt` says what there is, as
// llmstxt.org proposes; `llms-full.txt` is all of it, to be read at once.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { fileOf } from "../links.ts";
import { sections as guide } from "../navigation.ts";

const root = join(import.meta.dirname, "../../..");
const site = join(root, ".cache/site");

interface Page {
  title: string;
  /** From the root of the site, where these files are. */
  address: string;
  /** Its first paragraph. */
  summary: string;
  text: string;
}

const modules: DefaultTheme.SidebarItem[] = JSON.parse(readFileSync(join(root, "docs/reference/sidebar.json"), "utf8"));
const sections = [...Object.entries(guide), ["Reference", modules.map(({ link = "" }) => ["", link])] as const].map(
  ([name, entries]) => ({ name, pages: entries.flatMap(([, link = ""]) => pageOf(link) ?? []) }),
);

const head = [
  "# Dewar",
  "",
  "> Web sessions for TypeScript: one API in Express, Koa, Fastify, Hono, node:http and Fetch handlers; no lost updates, no session revived after logout.",
  "",
];
const lists = sections.flatMap(({ name, pages }) => [
  `## ${name}`,
  "",
  ...pages.map(({ title, address, summary }) => `- [${title}](${address})${summary === "" ? "" : `: ${summary}`}`),
  "",
]);
const texts = sections.flatMap(({ pages }) => pages.map(({ address, text }) => `<!-- ${address} -->\n\n${text}\n`));

writeFileSync(join(site, "llms.txt"), [...head, ...lists].join("\n"));
writeFileSync(join(site, "llms-full.txt"), [...head, ...texts].join("\n"));

/** Undefined for a page that the sidebar leads to and that isn't there: that is for the checks of the links to say. */
function pageOf(link: string): Page | undefined {
  const page = `${link.slice(1)}${link.endsWith("/") ? "index" : ""}.md`;
  const file = join(root, fileOf(page));
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8")
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .replace(/<!-- preamble:[\s\S]*?-->\n/g, "")
    .trim();
  const [, title = page] = /^# (.*)$/m.exec(text) ?? [];
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  const paragraph = prose.split(/\n\s*\n/).find((block) => /^[A-Za-z`*[]/.test(block)) ?? "";
  // A paragraph may begin with a title of its own.
  const lead = plain(paragraph.replace(/^\*\*[^*]{1,20}\.\*\*\s/, ""));
  const [summary = lead] = /^.*?\.(?=\s|$)/.exec(lead) ?? [];
  return {
    title: plain(title),
    address: `${link.slice(1).replace(/\/$/, "/index")}.html`,
    summary,
    text,
  };
}

/** Without links and emphasis, on one line. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\*\*/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
