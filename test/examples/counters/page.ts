import type { Client } from "../../../src/testing/index.ts";

/** What a counter shows. */
export interface Page {
  status: number;
  count: number;
  user: string | undefined;
  /** The paths that its forms are sent to. */
  forms: string[];
}

export async function open(browser: Client): Promise<Page> {
  const answer = await browser.fetch("/");
  const markup = (await answer.text()).replace(/<script.*?<\/script>/gs, "").replaceAll("<!-- -->", "");
  const [, count] = /class="count">(\d+)</.exec(markup) ?? [];
  const [, user] = /<h2>Signed in as (.*?)<\/h2>/s.exec(markup) ?? [];
  return {
    status: answer.status,
    count: Number(count),
    user: user && textOf(user),
    forms: [...markup.matchAll(/action="(.*?)"/g)].map(([, action = ""]) => action),
  };
}

/** Sends a form, as a browser does; resolves to the status of the answer. */
export async function send(
  browser: Client,
  path: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<number> {
  const answer = await browser.fetch(path, { method: "POST", body: new URLSearchParams(fields), headers });
  await answer.body?.cancel();
  return answer.status;
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&" };

/** Without entities. Markup in it stays what it is, and so is seen. */
function textOf(markup: string): string {
  return markup.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? entity;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
