import { html, type SafeHtml } from "@remix-run/html-template";
import { addressOf, type Place } from "./address.ts";
import { style } from "./style.ts";

export interface Page {
  title: string;
  /** Which of the places in the head this is. */
  current?: "overview" | "sessions";
  /** What was searched for. */
  find?: string;
  /** What the last deed came to. */
  note?: string | undefined;
  content: SafeHtml;
}

const PLACES: [name: Page["current"], words: string, place: Place][] = [
  ["overview", "Overview", { page: "overview" }],
  ["sessions", "All sessions", { page: "sessions", trail: [] }],
];

/** The only text that isn't escaped: it is a constant, and holds nothing that HTML would take for its own. */
const styleElement: SafeHtml = html.raw`<style>${style}</style>`;

/** A whole document. */
export function layout({ title, current, find = "", note, content }: Page): SafeHtml {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Session administration</title>
  ${styleElement}
</head>
<body>
  <a class="skip" href="#main">To the content</a>
  <header>
    <nav aria-label="Pages">
      <ul>
        ${PLACES.map(([name, words, place]) => {
          const here = name === current;
          return html`<li><a href="${addressOf(place)}"${here ? html` aria-current="page"` : null}>${words}</a></li>`;
        })}
      </ul>
    </nav>
    <form role="search" method="get">
      <label class="unseen" for="find">User or session id, exactly</label>
      <input id="find" name="find" type="search" value="${find}" placeholder="User or session id" required
        maxlength="255" autocomplete="off" autocapitalize="none" spellcheck="false">
      <button>Find</button>
    </form>
  </header>
  <main id="main" tabindex="-1">
    ${note === undefined ? null : html`<p class="told" role="status">${note}</p>`}
    ${content}
  </main>
  <footer>Times are in UTC.</footer>
</body>
</html>`;
}
