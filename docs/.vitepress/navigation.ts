import type { DefaultTheme } from "vitepress";

export type Page = [text: string, link: string];

/** Every page of the site but the generated ones, in reading order. `check.ts` holds that none is missing. */
export const sections: Record<string, Page[]> = {
  Start: [
    ["Express", "/start/express"],
    ["Koa", "/start/koa"],
    ["Fastify", "/start/fastify"],
    ["Hono", "/start/hono"],
    ["node:http", "/start/node"],
    ["Fetch: Bun, Deno, workers", "/start/fetch"],
    ["Next.js", "/start/next"],
  ],
  Concepts: [
    ["Data", "/concepts/data"],
    ["Handle", "/concepts/handle"],
    ["Store", "/concepts/store"],
    ["Token", "/concepts/token"],
    ["Expiry", "/concepts/expiry"],
  ],
  Guides: [
    ["Sign-in and sign-out", "/guides/sign-in"],
    ["Flash messages", "/guides/flash"],
    ["Remember me", "/guides/remember-me"],
    ["Sign out everywhere", "/guides/sign-out-everywhere"],
    ["Passport", "/guides/passport"],
    ["Websockets", "/guides/websockets"],
    ["Behind a proxy", "/guides/proxy"],
    ["Testing your application", "/guides/testing"],
    ["Several applications on one domain", "/guides/several-applications"],
    ["From express-session", "/guides/from-express-session"],
    ["From iron-session", "/guides/from-iron-session"],
    ["From Flask", "/guides/from-flask"],
    ["Beside Flask", "/flask"],
    ["Moving from Flask, in steps", "/moving-from-flask"],
  ],
  Stores: [
    ["Which store?", "/stores/"],
    ["Memory", "/stores/memory"],
    ["SQLite", "/stores/sqlite"],
    ["Files", "/stores/file"],
    ["Redis", "/stores/redis"],
    ["PostgreSQL, MySQL, MariaDB", "/stores/sql"],
    ["MongoDB", "/stores/mongodb"],
    ["Memcached", "/stores/memcached"],
    ["Cached", "/stores/cached"],
    ["By URL", "/stores/connect"],
    ["Guarantees, as measured", "/guarantees"],
  ],
  Security: [
    ["Threat model", "/security/threat-model"],
    ["OWASP ASVS", "/security/asvs"],
    ["OWASP session cheat sheet", "/security/cheat-sheet"],
  ],
  Operations: [
    ["Sizing", "/operations/sizing"],
    ["High availability", "/operations/high-availability"],
    ["Monitoring", "/operations/monitoring"],
    ["Incidents", "/operations/incidents"],
    ["Command line", "/operations/command-line"],
    ["Page for operators", "/operations/admin-page"],
  ],
  More: [
    ["Performance", "/performance"],
    ["Why", "/why"],
    ["Architecture", "/architecture"],
  ],
};

const entry = ([text, link]: Page) => ({ text, link });

/** The reader sees the section that he is in. The longest path that fits counts, so that a page can lie outside its folder. */
export const sidebar: DefaultTheme.SidebarMulti = Object.fromEntries(
  Object.entries(sections).flatMap(([text, pages]) => {
    const items = [{ text, items: pages.map(entry) }];
    return [[`/${text.toLowerCase()}/`, items], ...pages.map(([, link]) => [link, items])];
  }),
);

export const nav: DefaultTheme.NavItem[] = [
  ...["Start", "Concepts", "Guides", "Stores", "Security", "Operations"].map((text) => ({
    text,
    link: sections[text]?.[0]?.[1] ?? "/",
    activeMatch: `^(${(sections[text] ?? []).map(([, link]) => link).join("|")})`,
  })),
  { text: "Performance", link: "/performance" },
  { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
  { text: "Why", link: "/why" },
];

/** The addresses of all pages that the sidebar leads to. */
export const pages: string[] = Object.values(sections).flatMap((entries) => entries.map(([, link]) => link));
