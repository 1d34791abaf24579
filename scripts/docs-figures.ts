// Why: a figure that is typed into a page by hand is wrong a month later, and nobody knows. These pages get theirs from what
// was measured: sizes and outages from docs/data, speeds from the tables of bench/README.md.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureSizes } from "./docs-figures/measure.ts";
import { measureOutages } from "./docs-figures/outages.ts";
import { filled, OUTAGES, PAGES, SIZES } from "./docs-figures/pages.ts";

const HELP = `node scripts/docs-figures.ts [options]

Writes the figures into ${PAGES.join(", ")},
between "<!-- figures: name -->" and "<!-- end -->".

  --sizes         first measures what a session takes in each store that this machine has a server for: about a minute
  --outages       first measures how long users notice an outage: about five minutes
  --only redis    measures only what begins so, and keeps the other figures
  --help          prints this`;

const { values } = parseArgs({
  options: {
    sizes: { type: "boolean", default: false },
    outages: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(HELP);
} else {
  if (values.sizes) write(SIZES, await measureSizes(values.only, read(SIZES)));
  if (values.outages) write(OUTAGES, await measureOutages(values.only, read(OUTAGES)));
  for (const page of PAGES) writeFileSync(page, filled(readFileSync(page, "utf8")));
}

function read<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
}

function write(file: string, report: unknown): void {
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}
