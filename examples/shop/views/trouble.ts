import { drawing } from "./drawings.ts";
import { type Html, html } from "./html.ts";

export function troublePage(heading: string, advice: string): Html {
  return html`<section class="empty">
    ${drawing("kettle")}
    <h1>${heading}</h1>
    <p>${advice}</p>
    <a class="button" href="/">Back to the shop</a>
  </section>`;
}
