import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { fileOf, linkOnSite } from "./links.ts";

const TABS: Record<string, string> = { ts: "TypeScript", js: "JavaScript (CommonJS)" };

type Token = ReturnType<MarkdownRenderer["parse"]>[number];

/** What makes Markdown that reads well in the repository a page of the site. */
export function forSite(md: MarkdownRenderer): void {
  md.core.ruler.push("dewar", (state) => {
    const { tokens, env } = state;
    const page: string = env.relativePath;
    let isInGroup = false;
    for (const token of tokens) {
      if (token.type === "container_code-group_open") isInGroup = true;
      if (token.type === "container_code-group_close") isInGroup = false;
      const tab = TABS[token.info];
      if (isInGroup && token.type === "fence" && tab !== undefined) token.info += ` [${tab}]`;
      // What a block needs to be checked, and its reader does not.
      if (token.type === "html_block") token.content = token.content.replace(/<!-- preamble:[\s\S]*?-->/g, "");
      for (const child of token.children ?? []) {
        const href = child.attrGet("href");
        if (child.type === "link_open" && href !== null && !page.startsWith("reference/")) {
          child.attrSet("href", linkOnSite(href, fileOf(page)));
        }
        if (child.type === "image") showPicture(child, fileOf(page), page);
      }
    }
    state.tokens = withoutEmptyHeads(tokens);
  });
}

/** Markdown has no table without a head. An empty one says nothing to the eye, and confuses who listens. */
function withoutEmptyHeads(tokens: Token[]): Token[] {
  const kept: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const end =
      token.type === "thead_open" ? tokens.findIndex(({ type }, at) => at > index && type === "thead_close") : -1;
    const head = tokens.slice(index, end + 1);
    if (end > 0 && head.every(({ type, content }) => type !== "inline" || content === "")) index = end;
    else kept.push(nameless(tokens, index));
  }
  return kept;
}

/** A single cell of a head that is empty is a cell like any other. */
function nameless(tokens: Token[], index: number): Token {
  const token = tokens[index] as Token;
  const isEmpty = (at: number) => tokens[at]?.type === "inline" && tokens[at].content === "";
  if ((token.type === "th_open" && isEmpty(index + 1)) || (token.type === "th_close" && isEmpty(index - 1)))
    token.tag = "td";
  return token;
}

const root = join(import.meta.dirname, "../..");

/** Drawings become part of the page, so that they take its colours; the pictures of other folders are found from here. */
function showPicture(image: Token, file: string, page: string): void {
  const src = image.attrGet("src") ?? "";
  if (/^([a-z]+:|\/)/i.test(src)) return;
  const target = posix.join(posix.dirname(file), src);
  if (target.endsWith(".svg")) {
    const drawing = readFileSync(join(root, target), "utf8").replace(/<(style|title)>[\s\S]*?<\/\1>\s*/g, "");
    image.type = "html_inline";
    image.content = drawing.replace("<svg", `<svg class="picture" role="img" aria-label="${escaped(image.content)}"`);
    image.children = null;
  } else if (page.startsWith("source/")) {
    image.attrSet("src", posix.relative(posix.join("docs", posix.dirname(page)), target));
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
