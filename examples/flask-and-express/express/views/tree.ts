import { type Html, html } from "./html.ts";

/** What a value holds, line by line, with the types that JavaScript gives it. */
export function tree(value: object): Html {
  return html`<ul class="tree">
    ${Object.entries(value).map(([key, item]) => html`<li><span class="key">${key}</span> <span class="kind">${kindOf(item)}</span> ${content(item)}</li>`)}
  </ul>`;
}

function content(value: unknown): Html {
  if (value instanceof Date) return html`<code>${value.toISOString()}</code>`;
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) return tree(value);
  return html`<code>${String(JSON.stringify(value))}</code>`;
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : typeof value;
}
