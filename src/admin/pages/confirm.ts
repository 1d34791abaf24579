import { html, type SafeHtml } from "@remix-run/html-template";
import { addressOf, type Place } from "../address.ts";
import { layout } from "../layout.ts";
import { pageResponse } from "../lib/response.ts";
import { visible } from "../lib/text.ts";
import { ownSession, type Visit } from "../visit.ts";
import { outside } from "./common.ts";
import { trouble } from "./trouble.ts";
import { withoutListing } from "./unable.ts";

/** What a place's form does, as its token is bound to. */
export type Deed = Extract<Place, { page: "end-session" | "end-user" | "end-everything" | "reveal" }>;

export function wordsOf(deed: Deed): string {
  const whose = deed.page === "end-user" ? deed.user : deed.page === "end-everything" ? "" : deed.id;
  return `${deed.page} ${whose}`;
}

const UNDO = "This can’t be undone: whoever is signed out has to sign in again.";

/** Asks before one session is ended. */
export async function confirmSession(visit: Visit, deed: Extract<Deed, { page: "end-session" }>): Promise<Response> {
  const [info, mine] = await Promise.all([visit.manager.get(deed.id), ownSession(visit)]);
  if (info === undefined) return trouble("gone");
  const { subject, id } = info;
  return ask(visit, deed, {
    title: "End this session?",
    question: html`The session ${subject === undefined ? html`of nobody signed in` : html`of <strong>${outside(subject)}</strong>`}
      with the id <span class="id">${id.slice(0, 12)}…</span> ends at once. What it holds, such as a cart, is lost.`,
    warning: id === mine ? html`It is your own: you are signed out.` : undefined,
    button: "End the session",
    back: { page: "session", id },
  });
}

/** Asks before all sessions of a user are ended. */
export async function confirmUser(visit: Visit, deed: Extract<Deed, { page: "end-user" }>): Promise<Response> {
  if (visit.ability !== "all") return unable(visit);
  const mine = await ownSession(visit);
  const own = mine === undefined ? undefined : await visit.manager.get(mine);
  return ask(visit, deed, {
    title: `End all sessions of ${visible(deed.user, 60)}?`,
    question: html`<strong>${outside(deed.user)}</strong> is signed out on every device. What these sessions hold is lost.`,
    warning: own?.subject === deed.user ? html`Your own is among them: you are signed out too.` : undefined,
    button: "End all of this user",
    back: { page: "sessions", user: deed.user, trail: [] },
  });
}

/** Asks before everything is ended. */
export async function confirmEverything(
  visit: Visit,
  deed: Extract<Deed, { page: "end-everything" }>,
): Promise<Response> {
  if (visit.ability !== "all") return unable(visit);
  const mine = await ownSession(visit);
  return ask(visit, deed, {
    title: mine === undefined ? "End every session?" : "End every session but yours?",
    question: html`Everybody is signed out${mine === undefined ? null : html`, but you in this browser`}, and what the sessions hold
      is lost. Of many sessions it takes minutes; who signs in meanwhile stays signed in.`,
    warning: undefined,
    button: mine === undefined ? "End every session" : "End every session but mine",
    back: { page: "overview" },
  });
}

interface Question {
  title: string;
  question: SafeHtml;
  warning: SafeHtml | undefined;
  button: string;
  back: Place;
}

function ask({ seal }: Visit, deed: Deed, { title, question, warning, button, back }: Question): Response {
  const content = html`<h1>${title}</h1>
    <p>${question}</p>
    ${warning && html`<p class="warning">${warning}</p>`}
    <p><strong>${UNDO}</strong></p>
    <form method="post" enctype="text/plain" action="${addressOf(deed)}" class="deeds">
      <input type="hidden" name="token" value="${seal.token(wordsOf(deed))}">
      <button class="danger">${button}</button>
      <a class="button" href="${addressOf(back)}">Cancel</a>
    </form>`;
  return pageResponse(layout({ title, content }), { hasForm: true });
}

function unable({ ability }: Visit): Response {
  const content = withoutListing(ability === "all" ? "one" : ability);
  return pageResponse(layout({ title: "Can’t be done", content }), { status: 501 });
}
