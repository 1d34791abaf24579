import { html, type SafeHtml } from "@remix-run/html-template";
import type { Bin } from "../inspect/histogram.ts";
import { count } from "../inspect/words.ts";

/*
 * Bars are rectangles, so a chart is forty lines. A library would cost more than it gives: Charts.css sets each value by an
 * inline style, which the page's policy forbids; Chartist and uPlot draw in the browser, and need a script; Observable Plot
 * and d3 want a DOM on the server, and bring megabytes for it.
 */

const [NARROW, WIDE] = [360, 520];
const [HEIGHT, TOP, FOOT] = [170, 22, 24];
/** So near to an edge, a text would stand over it. */
const EDGE = 14;
/** Between bars, of their width; so many bars that they are thin have none. */
const AIR = 0.18;
const THIN = 60;
/** By which thin ones overlap, or there were light lines between them. */
const SEAM = 0.5;

export interface Chart {
  id: string;
  title: string;
  /** What stands along the foot: heads the first column of the table. */
  unit: string;
  /** What is counted: heads the second one. */
  counts?: string;
  bars: readonly Bin[];
  /** What stands below it. */
  note: SafeHtml | string;
  /** Names every n-th bar at the foot. */
  every?: number;
  wide?: boolean;
  /** Of its heading. */
  level?: 2 | 3;
}

/** A bar chart with its figures as a table: who sees the picture can skip these, who doesn't has all of it. */
export function chart({
  id,
  title,
  unit,
  bars,
  note,
  counts = "Sessions",
  every = 1,
  wide = false,
  level = 3,
}: Chart): SafeHtml {
  const most = Math.max(...bars.map((bar) => bar.count), 1);
  const highest = bars.find((bar) => bar.count === most);
  const summary = highest ? `Bar chart. Most: ${highest.label}, ${count(most)}.` : "Bar chart. Nothing to show.";
  const width = wide ? WIDE : NARROW;
  const isThin = bars.length > THIN;
  const air = isThin ? 0 : AIR;
  const step = width / bars.length;
  return html`<figure class="chart">
    <figcaption id="${id}">${level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}</figcaption>
    <svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${title}. ${summary}">
      <line class="foot" x1="0" x2="${width}" y1="${HEIGHT - FOOT + 0.5}" y2="${HEIGHT - FOOT + 0.5}" />
      ${bars.map((bar, index) => {
        const height = round((bar.count / most) * (HEIGHT - TOP - FOOT));
        const middle = round((index + 0.5) * step);
        const base = HEIGHT - FOOT;
        const [x, edge] = middle < EDGE ? [0, "start"] : middle > width - EDGE ? [width, "end"] : [middle, "middle"];
        return html`<rect x="${round((index + air / 2) * step)}" y="${base - height}" width="${round(step * (1 - air)) + (isThin ? SEAM : 0)}"
            height="${height}" rx="${isThin ? 0 : Math.min(2, height)}"><title>${bar.label}: ${count(bar.count)}</title></rect>
          ${bar === highest ? html`<text class="most" x="${x}" y="${base - height - 7}" text-anchor="${edge}">${count(most)}</text>` : null}
          ${index % every === 0 ? html`<text x="${x}" y="${HEIGHT - 7}" text-anchor="${edge}">${bar.short}</text>` : null}`;
      })}
    </svg>
    <p class="note">${note}</p>
    <details>
      <summary>As a table<span class="unseen">: ${title}</span></summary>
      <table class="figures">
        <thead><tr><th scope="col">${unit}</th><th scope="col">${counts}</th></tr></thead>
        <tbody>
          ${bars.map((bar) => html`<tr><th scope="row">${bar.label}</th><td>${count(bar.count)}</td></tr>`)}
        </tbody>
      </table>
    </details>
  </figure>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
