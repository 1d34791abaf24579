import { clean } from "../../inspect/clean.ts";
import type { Plain } from "../../inspect/plain.ts";
import { count } from "../../inspect/words.ts";
import type { Output } from "./output.ts";

/** On a terminal. */
const LONGEST = 400;

/** Data as lines, what is inside something indented below it. */
export function treeOf(value: Plain, out: Output, indent: string): string[] {
  return entriesOf(value).flatMap(([name, item]) => {
    const label = indent + out.style("cyan", clean(name));
    const inside = treeOf(item, out, `${indent}  `);
    return inside.length > 0 ? [label, ...inside] : [`${label}: ${shortened(valueText(item))}`];
  });
}

/** Data as paths and values, for a pipe: `cart[0].price`, `12`. */
export function pathsOf(value: Plain, path: string): [path: string, value: string][] {
  const entries = entriesOf(value);
  if (entries.length === 0) return [[path, valueText(value)]];
  return entries.flatMap(([name, item]) =>
    pathsOf(item, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`),
  );
}

function entriesOf(value: Plain): [name: string, value: Plain][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function valueText(value: Plain): string {
  return clean(JSON.stringify(value));
}

function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}… (${count(text.length)} characters; --json shows all)`;
}
