import type { Flash, SessionData } from "dewar";
import { type Html, html } from "./html.ts";
import { tree } from "./tree.ts";

interface Page {
  title: string;
  path: string;
  content: Html;
  subject: string | undefined;
  data: Partial<SessionData>;
  flashes: Flash[];
}

/** The frame of every page of Express. flask/templates/layout.html is Flask's. */
export function layout({ title, path, content, subject, data, flashes }: Page): Html {
  const pieces = Object.values(data.cart ?? {}).reduce((sum, quantity) => sum + quantity, 0);
  const here = (link: string) => path === link && html` aria-current="page"`;
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Keepwell</title>
  <link rel="icon" href="/public/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/public/theme.css">
  <link rel="stylesheet" href="/public/style.css">
  <link rel="stylesheet" href="/public/content.css">
</head>
<body class="express">
  <a class="skip" href="#content">Skip to the content</a>
  <header class="site">
    <p class="side"><span class="wide"><strong>Express</strong> answered <code>${path}</code> <span class="on">on Node ${process.versions.node}</span></span></p>
    <div class="wide">
      <a class="wordmark" href="/">Keepwell</a>
      <nav aria-label="Main">
        <a href="/">Shop</a>
        <a href="/cart"${here("/cart")}>Cart ${pieces > 0 && html`<span class="count">${pieces}<span class="unseen"> in it</span></span>`}</a>
        <a href="/orders">Orders</a>
        <a href="/account"${here("/account")}>Account</a>
      </nav>
    </div>
  </header>
  <main id="content" class="wide" tabindex="-1">
    <div class="page">
      ${flashes.map(({ message, category }) => html`<p class="notice ${category}" role="status">${String(message)}</p>`)}
      ${content}
    </div>
    <aside aria-labelledby="session">
      <h2 id="session">One session, as Express sees it</h2>
      <p class="who">${subject === undefined ? "Nobody is signed in" : html`<code>subject</code> is <strong>${subject}</strong>`}</p>
      ${Object.keys(data).length > 0 ? tree(data) : html`<p class="none">Nothing is in it.</p>`}
      <div class="stamps">
        <form method="post" action="/stamp/flask"><button class="button of-flask">Stamp by Flask</button></form>
        <form method="post" action="/stamp/express"><button class="button of-express">Stamp by Express</button></form>
      </div>
      <p class="small">Who stamps leaves a message; the page after it comes from the other, and shows it.</p>
    </aside>
  </main>
</body>
</html>
`;
}
