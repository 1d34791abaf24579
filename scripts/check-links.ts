// Why: VitePress finds a page that isn't there. It doesn't find a heading that isn't there, a picture without words, or a
// page that nothing leads to. This looks at the site as it was built, the way a browser would.
import { globSync, readFileSync } from "node:fs";
import { posix, sep } from "node:path";
import { pages } from "../docs/.vitepress/navigation.ts";

/** The parts of one built page that matter here. */
interface Page {
  ids: Set<string>;
  /** Of anchors, and of pictures. */
  links: string[];
  /** Pictures without a text alternative, as they stand. */
  mute: string[];
}

interface Site {
  parsed: Map<string, Page>;
  /** The names of all files. */
  there: Set<string>;
  base: string;
}

/** What is wrong with a site, a sentence each. `base`: the path at which its host shows it. */
export function findFaults(site: string, expected: string[] = pages, base = "/"): string[] {
  const files = globSync("**/*", { cwd: site }).map((file) => file.replaceAll(sep, "/"));
  const there = new Set(files);
  const read = (name: string) => parse(readFileSync(posix.join(site, name), "utf8"));
  const parsed = new Map(files.filter((file) => file.endsWith(".html")).map((file) => [file, read(file)]));
  const listed = new Set(expected.map((link) => (link.endsWith("/") ? `${link}index.html` : `${link}.html`).slice(1)));
  // What the sidebar leads to and isn't there is said once, and not for each page that shows the sidebar.
  for (const page of listed) there.add(page);
  return [...parsed]
    .flatMap(([name, page]) => faultsOf(name, page, { parsed, there, base }))
    .concat(strays(parsed, listed));
}

function faultsOf(name: string, page: Page, whole: Site): string[] {
  const mute = page.mute.map((picture) => `${name}: a picture without a text alternative: ${picture}`);
  const dead = [...new Set(page.links)].flatMap((link) => {
    const why = deadReason(link, name, whole);
    return why === undefined ? [] : [`${name}: ${link}: ${why}`];
  });
  return [...mute, ...dead];
}

function deadReason(link: string, from: string, { parsed, there, base }: Site): string | undefined {
  if (/^[a-z]+:/i.test(link)) return isWellFormed(link) ? undefined : "not a well-formed address";
  const own = `http://site${base}${from}`;
  if (!URL.canParse(link, own)) return "not a well-formed address";
  const { host, pathname, hash } = new URL(link, own);
  if (host !== "site") return "an address without its protocol";
  if (!pathname.startsWith(base)) return `outside ${base}`;
  const path = decodeURIComponent(pathname.slice(base.length));
  const target = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  if (!there.has(target)) return "there is no such file";
  const id = decodeURIComponent(hash.slice(1));
  return id === "" || parsed.get(target)?.ids.has(id) === true ? undefined : "there is no such heading";
}

function isWellFormed(link: string): boolean {
  return /^(https?:\/\/[^\s/]+\.[a-z]+(:\d+)?(\/|$)|https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$)|mailto:\S+@\S+$)/i.test(
    link,
  );
}

/** Pages that the sidebar doesn't lead to, and pages that it leads to and aren't there. */
function strays(all: Map<string, Page>, listed: Set<string>): string[] {
  const own = [...all.keys()].filter((name) => !/^(index|404)\.html$|^(source|reference)\//.test(name));
  return [
    ...own.filter((name) => !listed.has(name)).map((name) => `${name}: no entry in docs/.vitepress/navigation.ts`),
    ...[...listed].filter((name) => !all.has(name)).map((name) => `docs/.vitepress/navigation.ts: ${name} isn't there`),
  ];
}

/** By patterns: what is read here was written by one program, which closes its quotes. */
function parse(html: string): Page {
  const content = html.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, "").replace(/<!--[\s\S]*?-->/g, "");
  const tags = [...content.matchAll(/<[a-z][^<>]*>/gi)].map(([tag]) => tag);
  return {
    ids: new Set(tags.flatMap((tag) => attribute(tag, "id") ?? [])),
    links: tags.flatMap((tag) => {
      if (tag.startsWith("<a ")) return attribute(tag, "href") ?? [];
      const src = tag.startsWith("<img") ? attribute(tag, "src") : undefined;
      return src === undefined || src.startsWith("data:") ? [] : src;
    }),
    mute: tags.filter(isMute),
  };
}

function isMute(tag: string): boolean {
  // The theme's own are the flask beside the name: it says nothing that the name doesn't.
  if (tag.startsWith("<img")) return !attribute(tag, "alt") && !/\sclass="VPImage\b/.test(tag);
  const isPicture = tag.startsWith("<svg") && attribute(tag, "role") === "img";
  return isPicture && !attribute(tag, "aria-label");
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", '"');
}
