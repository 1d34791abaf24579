import { html, type SafeHtml } from "@remix-run/html-template";
import { distance, isTime, utc, visible } from "../lib/text.ts";

/** Text from outside: what turns direction in it turns nothing beside it. */
export function outside(text: string, longest?: number): SafeHtml {
  return html`<bdi>${visible(text, longest)}</bdi>`;
}

/** A time as its distance from now, with the time itself for who points at it. */
export function ago(date: Date | undefined, now: Date): SafeHtml {
  if (!isTime(date)) return html`unknown`;
  return html`<time datetime="${date.toISOString()}" title="${utc(date)}">${distance(date, now)}</time>`;
}

/** The same with both in words. */
export function when(date: Date | undefined, now: Date): SafeHtml {
  if (!isTime(date)) return html`unknown`;
  return html`<time datetime="${date.toISOString()}">${utc(date)}</time> <span class="soft">(${distance(date, now)})</span>`;
}

/** Why the columns of devices are empty. */
export const deviceHint: SafeHtml = html`Browsers and networks aren’t recorded. To have them here, set
  <code>device: true</code> in the options of the manager; sessions that are there already then show them after their next use.`;
