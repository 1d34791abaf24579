import type { Flash } from "dewar";
import { type Html, html } from "./html.ts";

interface Visitor {
  name: string | undefined;
  pieces: number;
  flashes: Flash[];
}

interface Page {
  title: string;
  content: Html;
  /** In words, for the foot of the page. */
  keptIn: string;
  /** Unknown where the session can't be read. */
  visitor?: Visitor;
}

export function layout({ title, content, keptIn, visitor }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Keepwell</title>
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  ${["theme", "base", "drawings", "pages", "lists"].map((sheet) => html`<link rel="stylesheet" href="/${sheet}.css">`)}
</head>
<body>
  <a class="skip" href="#content">Skip to the content</a>
  <header class="site">
    <div class="wide">
      <a class="wordmark" href="/">Keepwell</a>
      ${visitor && navigation(visitor)}
    </div>
  </header>
  <main id="content" class="wide" tabindex="-1">
    ${visitor?.flashes.map(notice)}
    ${content}
  </main>
  <footer class="site">
    <div class="wide">
      <p>Cart and sign-in are kept ${keptIn}.</p>
      <p>A demonstration of dewar: nothing here is for sale, and nothing is sent.</p>
    </div>
  </footer>
</body>
</html>
`;
}

function navigation({ name, pieces }: Visitor): Html {
  return html`<nav aria-label="Main">
    <a href="/cart">Cart ${pieces > 0 && html`<span class="count">${pieces}<span class="unseen"> in it</span></span>`}</a>
    ${
      name === undefined
        ? html`<a href="/sign-in">Sign in</a>`
        : html`<a href="/devices">Your devices</a>
          <form class="who" method="post" action="/sign-out"><span class="name">${name}</span> <button class="plain">Sign out</button></form>`
    }
  </nav>`;
}

function notice({ message, category }: Flash): Html {
  return html`<p class="notice ${category}" role="${category === "error" ? "alert" : "status"}">${String(message)}</p>`;
}
