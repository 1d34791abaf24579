import type { SizeReport, StoreSizes } from "./measure.ts";
import type { OutageReport } from "./outages.ts";

const LABELS: Record<string, string> = {
  redis: "Redis",
  memcached: "Memcached",
  postgres: "PostgreSQL",
  mysql: "MariaDB",
  sqlite: "SQLite",
  file: "files",
};

const number = (value: number): string => value.toLocaleString("en");

/** The regions that show sizes, by name. */
export function sizeTables(report: SizeReport): Record<string, string> {
  return { "sizes-how": how(report), sizes: sizes(report), connections: connections(report) };
}

function how({ date, node, sessions, stores }: SizeReport): string {
  const versions = Object.entries(stores).flatMap(([name, { version }]) =>
    version ? [`${LABELS[name] ?? name} ${version}`] : [],
  );
  return `Measured on ${date} with Node ${node} and ${versions.join(", ")}: ${number(sessions)} sessions for each figure.`;
}

function sizes({ stores }: SizeReport): string {
  const [first] = Object.values(stores);
  const records = first?.sizes.map(({ record }) => `${number(record)} bytes`) ?? [];
  return table([
    ["bytes that a session takes, with a record of", ...records, "1,000,000 of the second"],
    ...Object.entries(stores).map(([name, store]) => [
      LABELS[name] ?? name,
      ...store.sizes.map(({ taken }) => number(taken)),
      gigabytes(store),
    ]),
  ]);
}

function gigabytes({ sizes: [, second] }: StoreSizes): string {
  return second === undefined ? "–" : `${((second.taken * 1_000_000) / 1e9).toFixed(1)} GB`;
}

function connections({ stores, inFlight }: SizeReport): string {
  return table([
    ["", `connections of a process with ${inFlight} requests in flight`],
    ...Object.entries(stores).flatMap(([name, { connections: open }]) =>
      open === undefined ? [] : [[LABELS[name] ?? name, String(open)]],
    ),
  ]);
}

/** The regions that show outages, by name. */
export function outageTables({ date, cases, storeTimeout, visitors }: OutageReport): Record<string, string> {
  const span = (times: number[]): string => {
    const [least = 0, most = 0] = [Math.min(...times), Math.max(...times)].map((time) => Math.round(time / 100) / 10);
    if (most === 0) return "nobody noticed";
    return least === most ? `${least.toFixed(1)} s` : `${least.toFixed(1)} to ${most.toFixed(1)} s`;
  };
  const runs = Object.values(cases)[0]?.length ?? 0;
  return {
    "outages-how":
      `Measured on ${date}, ${runs} times each: ${visitors} visitors who change their sessions all the while, through ` +
      `\`connectStore\`, with \`storeTimeout\` at ${number(storeTimeout)} ms.`,
    outages: table([
      ["", "until every visitor was served again", "the longest request"],
      ...Object.entries(cases).map(([name, found]) => [
        name,
        span(found.map(({ back }) => back)),
        span(found.map(({ slowest }) => slowest)),
      ]),
    ]),
  };
}

function table([heading = [], ...rows]: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [heading, heading.map((_, at) => (at === 0 ? "---" : "--:")), ...rows].map(line).join("\n");
}
