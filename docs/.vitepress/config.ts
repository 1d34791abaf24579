import { existsSync, readFileSync } from "node:fs";
import { type DefaultTheme, defineConfig, type UserConfig } from "vitepress";
import { forSite } from "./markdown.ts";
import { nav, sidebar } from "./navigation.ts";

/** Written by `build/reference.ts`. */
const modules = new URL("../reference/sidebar.json", import.meta.url);
const reference: DefaultTheme.SidebarItem[] = existsSync(modules) ? JSON.parse(readFileSync(modules, "utf8")) : [];

/** For a site that isn't at the root of its host. */
const base = (process.env["DOCS_BASE"] ?? "/") as "/";

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  title: "Dewar",
  description:
    "Web sessions for TypeScript: one API in every framework, no lost updates, no session revived after logout.",
  lang: "en-GB",
  base,
  // `scripts/check-links.ts` finds them, and headings that aren't there, and tells all at once.
  ignoreDeadLinks: true,
  outDir: "../.cache/site",
  cacheDir: "../.cache/vitepress",
  rewrites: { "stores/README.md": "stores/index.md" },
  head: [
    ["link", { rel: "icon", href: `${base}flask.svg`, type: "image/svg+xml" }],
    ["meta", { name: "theme-color", content: "#0b6665" }],
  ],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-default" },
    config: forSite,
  },
  themeConfig: {
    logo: { src: "/flask.svg", alt: "" },
    nav,
    sidebar: { ...sidebar, "/reference/": [{ text: "Reference", items: reference }] },
    outline: [2, 3],
    // On this machine alone: the index is part of the site, and nothing is asked elsewhere.
    search: {
      provider: "local",
      options: {
        translations: { button: { buttonAriaLabel: "Search" } },
        miniSearch: {
          searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } },
        },
      },
    },
    externalLinkIcon: true,
    docFooter: { prev: "Before", next: "Next" },
    footer: { message: `MIT licence. For programs that read: <a href="${base}llms.txt" target="_self">llms.txt</a>` },
  },
});

export default config;
