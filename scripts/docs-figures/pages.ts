import { readFileSync } from "node:fs";
import { outageTables, sizeTables } from "./tables.ts";

/** The pages that show figures. */
export const PAGES = [
  "docs/operations/sizing.md",
  "docs/operations/high-availability.md",
  "docs/operations/admin-page.md",
  "docs/performance.md",
] as const;
/** What was measured of sizes. */
export const SIZES = "docs/data/sizes.json";
/** What was measured of outages. */
export const OUTAGES = "docs/data/outages.json";
const BENCH = "bench/README.md";

/** The page with its figures as they were last measured. */
export function filled(page: string): string {
  const kept = (file: string) => JSON.parse(readFileSync(file, "utf8"));
  const regions: Record<string, string> = {
    ...benchRegions(),
    ...sizeTables(kept(SIZES)),
    ...outageTables(kept(OUTAGES)),
  };
  return page.replace(/(<!-- figures: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g, (_all, begin, name: string, end) => {
    const region = Object.hasOwn(regions, name) ? regions[name] : undefined;
    if (region === undefined) throw new Error(`No figures "${name}". There are: ${Object.keys(regions).join(", ")}.`);
    return `${begin}\n${region}\n\n${end}`;
  });
}

/** What `npm run bench -- publish` wrote. */
function benchRegions(): Record<string, string> {
  const regions = readFileSync(BENCH, "utf8").matchAll(/<!-- results: (\w+) -->\n([\s\S]*?)<!-- end -->/g);
  return Object.fromEntries([...regions].map(([, name, text]) => [name, text?.trim() ?? ""]));
}
