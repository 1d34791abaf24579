import { readFileSync, writeFileSync } from "node:fs";
import { costsKept, tableOf as costTable } from "./commands.ts";
import { tableOf as speedTable } from "./flask/report.ts";
import { speedKept } from "./flask/run.ts";
import { tableOf as growthTable } from "./growth/report.ts";
import { growthKept } from "./growth/run.ts";
import { tableOf as pageTable } from "./page/report.ts";
import { pagesKept } from "./page/run.ts";
import { type Framework, frameworks, type Scenario, type StoreName, scenarios, stores, type Variant } from "./plan.ts";
import type { Row } from "./report.ts";
import { reportKept } from "./requests.ts";
import { markdown, ratioText, type Table } from "./tables.ts";

/*
 * Writes the kept results into the README, between `<!-- results: name -->` and `<!-- end -->`, so that no figure there
 * was typed by hand.
 */

const page = new URL("README.md", import.meta.url);

const sections: Record<string, () => string> = {
  machine: () => machine(),
  commands: () => markdown(storeCommands()),
  peers: () => markdown(besidePeers()),
  minimum: () => markdown(besideMinimum()),
  growth: () => growth(),
  page: () => markdown(pageTable(pagesKept())),
  redis: () => markdown(costTable(costsKept() ?? { costs: [] })),
  flask: () => markdown(speedTable(speedKept()?.speeds ?? [])),
  missed: () => missed(),
};

/** Fills the README's tables. */
export async function run(): Promise<void> {
  const marked = /(<!-- results: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g;
  const text = readFileSync(page, "utf8").replace(marked, (_all, begin: string, name: string, end: string) => {
    const section = sections[name];
    if (!section) throw new Error(`README.md asks for results that there are none of: ${name}`);
    return `${begin}\n${section()}\n\n${end}`;
  });
  writeFileSync(page, text);
}

/** Every store that a full run has measured, in every framework. */
const cases = (): { store: StoreName; framework: Framework }[] =>
  stores.filter(reportKept).flatMap((store) => frameworks.map((framework) => ({ store, framework })));

/** Of the latest run. */
function machine(): string {
  const [latest] = stores.flatMap((store) => reportKept(store) ?? []).sort((a, b) => b.date.localeCompare(a.date));
  if (!latest) return "Nothing was measured yet.";
  const { date, cpu, cores, node } = latest;
  return `Measured on ${date.slice(0, 10)}, with Node ${node} on ${cores} cores (${cpu}) of a shared machine.`;
}

function rowOf(store: StoreName, framework: Framework, scenario: Scenario, variant: Variant): Row | undefined {
  return reportKept(store)?.measurements.find(
    (row) => row.framework === framework && row.scenario === scenario && row.variant === variant,
  );
}

function storeCommands(): Table {
  const cell = ({ commands, commandNames }: Row): string => [commands, ...commandNames].join(" ");
  return [
    ["", ...scenarios],
    ...cases().map(({ store, framework }) => [
      `${store}, ${framework}`,
      ...scenarios.map((scenario) => {
        const row = rowOf(store, framework, scenario, "dewar");
        return row ? cell(row) : "–";
      }),
    ]),
  ];
}

function besidePeers(): Table {
  const compared = cases().filter(({ store, framework }) => rowOf(store, framework, "read", "peer"));
  return [
    ["of the peer's", "requests/s, read", "requests/s, write", "CPU, read", "CPU, write"],
    ...compared.map(({ store, framework }) => {
      const [read, write] = (["read", "write"] as const).map((scenario) => rowOf(store, framework, scenario, "dewar"));
      const figures = [read?.rateOfPeer, write?.rateOfPeer, read?.ofPeer, write?.ofPeer];
      return [`${store}, ${framework}`, ...figures.map(ratioText)];
    }),
  ];
}

function besideMinimum(): Table {
  return [
    ["CPU over bare, of the minimum's", ...scenarios],
    ...frameworks.map((framework) => [
      framework,
      ...scenarios.map((scenario) => ratioText(rowOf("redis", framework, scenario, "dewar")?.ofMinimum)),
    ]),
  ];
}

function growth(): string {
  return stores
    .flatMap((store) => {
      const report = growthKept(store);
      return report ? [`**${store}**\n\n${markdown(growthTable(report))}`] : [];
    })
    .join("\n\n");
}

function missed(): string {
  const ofStores = stores.flatMap((store) => [
    ...(reportKept(store)?.targets ?? []),
    ...(growthKept(store)?.targets ?? []).map((target) => ({ ...target, what: `${store}, ${target.what}` })),
  ]);
  const all = [...ofStores, ...(speedKept()?.targets ?? [])];
  const lines = all
    .filter(({ met }) => !met)
    .map(({ what, bound, limit, reached }) => `- ${what}: ${ratioText(reached)}, to reach ${bound} ${limit}`);
  return [`Of ${all.length} targets ${all.length - lines.length} are met. Missed:`, lines.join("\n")].join("\n\n");
}
