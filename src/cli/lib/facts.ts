import { clean } from "../../inspect/clean.ts";
import type { Plain } from "../../inspect/plain.ts";
import type { Output } from "./output.ts";
import type { Style } from "./table.ts";
import { fromNow, instant } from "./times.ts";
import { pathsOf, treeOf } from "./tree.ts";

/** Something that is known, in a text from anywhere; without one, it isn't shown. */
export type Fact = readonly [name: string, text: string | undefined, style?: Style];

const WIDTH = 12;

/** Facts, one a line. */
export async function printFacts(out: Output, facts: readonly Fact[]): Promise<void> {
  for (const [name, text, style] of facts) {
    if (text === undefined) continue;
    const shown = style === undefined ? clean(text) : out.style(style, clean(text));
    await out.line(out.isTerminal ? out.style("bold", name.padEnd(WIDTH)) + shown : `${name}\t${shown}`);
  }
}

/** A time as the text of a fact. A pipe gets no distance from now. */
export function timeOf(date: Date | undefined, out: Output): string | undefined {
  return date && (out.isTerminal ? `${instant(date)} (${fromNow(date)})` : instant(date));
}

/** Data: on a terminal as a tree below a title, in a pipe as paths and values, none of them if there is nothing. */
export async function printData(out: Output, data: Plain, title = "data"): Promise<void> {
  const tree = treeOf(data, out, "  ");
  if (out.isTerminal) {
    await out.line(tree.length > 0 ? out.style("bold", title) : out.style("dim", `no ${title}`));
    for (const line of tree) await out.line(line);
  } else if (tree.length > 0) {
    for (const [path, text] of pathsOf(data, "data")) await out.line(`${clean(path)}\t${text}`);
  }
}
