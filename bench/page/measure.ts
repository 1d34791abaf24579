import type { SessionManager } from "dewar";
import { type AdminPage, admin } from "dewar/admin";
import { median } from "../median.ts";

/** What an operator looks at. */
export const views = ["overview", "first page", "later page", "a user", "a session"] as const;
export type View = (typeof views)[number];

const address = "http://127.0.0.1/admin";
/** How many pages further "later" is. */
const later = 20;

/** Milliseconds until each page has come whole: the median of so many times. */
export async function measure(manager: SessionManager, users: number, times: number): Promise<Record<View, number>> {
  const open = (): AdminPage => admin({ manager, authorize: () => true });
  const page = open();
  const first = await textOf(page, "?list=");
  let laterAddress = linkIn(first, /rel="next" href="([^"]+)"/);
  for (let turn = 1; turn < later; turn++) {
    laterAddress = linkIn(await textOf(page, laterAddress), /rel="next" href="([^"]+)"/);
  }
  const session = linkIn(first, /href="(\?session=[^"]+)"/);
  return {
    // A page that was just opened has counted nothing yet.
    overview: await medianOf(times, () => textOf(open(), "")),
    "first page": await medianOf(times, () => textOf(page, "?list=")),
    "later page": await medianOf(times, () => textOf(page, laterAddress)),
    "a user": await medianOf(times, () => textOf(page, `?user=user-${Math.floor(Math.random() * users)}`)),
    "a session": await medianOf(times, () => textOf(page, session)),
  };
}

async function textOf(page: AdminPage, query: string): Promise<string> {
  const response = await page(new Request(address + query));
  if (response.status !== 200) throw new Error(`The page at ${query} answered ${response.status}.`);
  return await response.text();
}

function linkIn(html: string, pattern: RegExp): string {
  const link = pattern.exec(html)?.[1];
  if (link === undefined) throw new Error(`The page has no link that matches ${pattern}.`);
  return link.replaceAll("&amp;", "&");
}

async function medianOf(times: number, once: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    const before = performance.now();
    await once();
    took.push(performance.now() - before);
  }
  return median(took);
}
