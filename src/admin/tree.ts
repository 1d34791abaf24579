import { Buffer } from "node:buffer";
import { html, type SafeHtml } from "@remix-run/html-template";
import { isSensitive, isSensitiveText, MASK, nameIn } from "../inspect/mask.ts";
import { bytes, count, counted } from "../inspect/words.ts";
import { isTime, utc, visible } from "./lib/text.ts";

/** What is shown of one session, however much there is. */
const MOST_VALUES = 500;
const DEEPEST = 12;
const LONGEST_TEXT = 2000;
const LONGEST_NAME = 100;

/** How far the picture has got. */
interface Drawing {
  reveal: boolean;
  left: number;
  masked: number;
  /** The objects that the current one is in: so that a circle ends. */
  above: Set<object>;
}

/** A session's data as a tree, and how many values in it are masked. Bounded in breadth, depth and length. */
export function treeOf(data: object, { reveal }: { reveal: boolean }): { tree: SafeHtml; masked: number } {
  const drawing: Drawing = { reveal, left: MOST_VALUES, masked: 0, above: new Set([data]) };
  const tree = branches(insideOf(data), drawing);
  return { tree, masked: drawing.masked };
}

/** Of all that is in an object, as much as may be shown: a list can be longer than what is in it. */
interface Inside {
  pairs: readonly [name: string, value: unknown][];
  total: number;
}

function branches({ pairs, total }: Inside, drawing: Drawing): SafeHtml {
  const shown: SafeHtml[] = [];
  for (const [name, value] of pairs) {
    if (drawing.left <= 0) break;
    drawing.left--;
    shown.push(branch(name, value, drawing, nameIn(pairs, name)));
  }
  const rest = total - shown.length;
  return html`<ul>
    ${shown}
    ${rest > 0 ? html`<li class="more">${count(rest)} more, not shown</li>` : null}
  </ul>`;
}

/** `meant`: the name by which the value is judged. */
function branch(name: string, value: unknown, drawing: Drawing, meant: string): SafeHtml {
  const isSecret = !drawing.reveal && isSensitiveText(name);
  if (isSecret) drawing.masked++;
  const label = isSecret ? MASK : visible(name, LONGEST_NAME);
  const key = html`<span class="${/^\d+$/.test(name) ? "key number" : "key"}"><bdi>${label}</bdi></span>`;
  if (!drawing.reveal && isSensitive(meant, value)) {
    drawing.masked++;
    return html`<li>${key} <span class="masked">masked</span></li>`;
  }
  if (!isBranch(value)) return html`<li>${key} ${leaf(value)}</li>`;
  if (drawing.above.has(value)) return html`<li>${key} <span class="kind">a circle: this is above</span></li>`;
  const inside = insideOf(value);
  const kind = html`<span class="kind">${kindOf(value)}, ${counted(inside.total, "value")}</span>`;
  if (inside.total === 0) return html`<li>${key} ${kind}</li>`;
  if (drawing.above.size >= DEEPEST) return html`<li>${key} ${kind} <span class="more">too deep to show</span></li>`;
  drawing.above.add(value);
  const below = branches(inside, drawing);
  drawing.above.delete(value);
  return html`<li><details open><summary>${key} ${kind}</summary>${below}</details></li>`;
}

function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
}

function leaf(value: unknown): SafeHtml {
  if (typeof value === "string") return html`<span class="text"><bdi>${visible(value, LONGEST_TEXT)}</bdi></span>`;
  if (value instanceof Date) {
    return isTime(value) ? html`<span class="other">${utc(value)}</span>` : html`<span class="other">no date</span>`;
  }
  if (value instanceof Uint8Array) {
    const start = Buffer.from(value.subarray(0, 32)).toString("hex");
    return html`<span class="kind">${bytes(value.length)}</span> <code>${start}${value.length > 32 ? "…" : ""}</code>`;
  }
  return html`<span class="other">${visible(String(value), LONGEST_NAME)}</span>`;
}

function insideOf(value: object): Inside {
  if (Array.isArray(value)) return numbered(value.slice(0, MOST_VALUES), value.length);
  if (value instanceof Set) return numbered([...value].slice(0, MOST_VALUES), value.size);
  const pairs = value instanceof Map ? [...value] : Object.entries(value);
  const named = pairs.slice(0, MOST_VALUES).map(([key, item]) => [isBranch(key) ? "(an object)" : String(key), item]);
  return { pairs: named as [string, unknown][], total: pairs.length };
}

function numbered(items: readonly unknown[], total: number): Inside {
  // Not `map`: it leaves out what isn't there.
  return { pairs: Array.from(items, (item, index) => [String(index), item]), total };
}

function kindOf(value: object): string {
  if (Array.isArray(value)) return "list";
  return value instanceof Set ? "set" : value instanceof Map ? "map" : "object";
}
