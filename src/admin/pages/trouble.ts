import { html } from "@remix-run/html-template";
import { addressOf } from "../address.ts";
import { layout } from "../layout.ts";
import { pageResponse } from "../lib/response.ts";

export type Trouble = "nowhere" | "gone" | "bad-cursor" | "not-from-here" | "busy" | "store" | "unable" | "fault";

const TROUBLES: Record<Trouble, [status: number, title: string, words: string]> = {
  nowhere: [404, "No such page", "The address leads to nothing here."],
  gone: [404, "No such session", "It has ended, or there has never been one of this id."],
  "bad-cursor": [400, "No such part of the list", "The address doesn’t continue this list. Begin at its first page."],
  "not-from-here": [
    403,
    "That didn’t come from here",
    "Nothing was done. The form was sent from another place, or is from before your browser lost its cookies. Open the page again and repeat it.",
  ],
  busy: [409, "One thing at a time", "Sessions are being ended already. Nothing else was begun."],
  store: [
    503,
    "The store doesn’t answer",
    "It failed, or took longer than the manager’s storeTimeout; what it said is among the manager’s events. To find one user or session may work all the same.",
  ],
  unable: [501, "This store can’t do that", "Nothing was done."],
  fault: [500, "Something went wrong", "It is in the log of the application."],
};

/** A page that says what went wrong, and no more than that. */
export function trouble(kind: Trouble): Response {
  const [status, title, words] = TROUBLES[kind];
  const back = html`<p class="deeds"><a class="button" href="${addressOf({ page: "overview" })}">To the overview</a></p>`;
  return pageResponse(layout({ title, content: html`<h1>${title}</h1><p>${words}</p>${back}` }), { status });
}

/** For somebody who may not be here: it tells nothing of what is. */
export function refusal(status: 403 | 405 | 500): Response {
  const words = { 403: "Forbidden", 405: "Method Not Allowed", 500: "Internal Server Error" }[status];
  return new Response(`${words}\n`, {
    status,
    headers: {
      "Cache-Control": "no-store",
      "Content-Type": "text/plain; charset=utf-8",
      "X-Content-Type-Options": "nosniff",
      ...(status === 405 && { Allow: "GET, HEAD, POST" }),
    },
  });
}
