import { html, type SafeHtml } from "@remix-run/html-template";
import { count, counted } from "../../inspect/words.ts";
import { addressOf } from "../address.ts";
import type { Ending } from "../ending.ts";
import { layout } from "../layout.ts";
import { pageResponse } from "../lib/response.ts";
import type { Visit } from "../visit.ts";
import { ago } from "./common.ts";

/** Seconds. */
const REFRESH = 3;

/** How far the ending of many sessions has got. Loads itself again, unless it is asked to stand `still`. */
export function progress({ endings, now }: Visit, still: boolean): Response {
  const { latest } = endings;
  const isGoing = latest?.state === "going";
  const title = latest === undefined ? "Nothing is going on" : TITLES[latest.state];
  const content = html`<h1>${title}</h1>
    ${latest === undefined ? html`<p>This process ends no sessions. If the application runs as several, another one may.</p>` : tell(latest, now)}
    ${isGoing ? turning(still) : html`<p class="deeds"><a class="button" href="${addressOf({ page: "overview" })}">To the overview</a></p>`}`;
  return pageResponse(layout({ title, content }), { refresh: isGoing && !still ? REFRESH : 0 });
}

const TITLES: Record<Ending["state"], string> = {
  going: "Sessions are being ended",
  done: "All of them have ended",
  failed: "Not all of them have ended",
};

function tell({ of, state, ended, startedAt }: Ending, now: Date): SafeHtml {
  const soFar = `${counted(ended, "session")} ${ended === 1 ? "has" : "have"} ended${state === "going" ? " so far" : ""}.`;
  return html`${of === "user" && state !== "done" ? null : html`<p class="lead" role="status">${soFar}</p>`}
    ${state === "failed" ? html`<p class="warning">The store failed on the way (what it said is among the manager’s events), or new sessions kept appearing. Whatever had ended stays so. Begin again for the rest.</p>` : null}
    <p class="note">Begun ${ago(startedAt, now)}.${state === "going" ? " It goes on when you leave this page, and ends with the process." : ""}</p>`;
}

function turning(still: boolean): SafeHtml {
  const address = addressOf({ page: "progress", still: !still });
  return html`<p class="note">${still ? "This page stands still." : `This page loads itself again every ${count(REFRESH)} seconds.`}
    <a href="${address}">${still ? "Follow" : "Stop that"}</a></p>`;
}
