import { cpus } from "node:os";
import type { Effort, Measurement } from "./measure.ts";
import { ratios } from "./ratios.ts";
import type { Target } from "./targets.ts";

const headings = [
  "",
  "of minimum",
  "of peer",
  "µs over bare",
  "commands",
  "Set-Cookie",
  "µs CPU",
  "requests/s",
  "p50 ms",
  "p99 ms",
];

const labels = { none: "bare", minimum: "minimum", dewar: "dewar", lazy: "dewar, lazy", peer: "peer" };

/** The measurements as tables, ratios first, and the targets below. */
export function report(all: readonly Measurement[], targets: readonly Target[]): string {
  const groups = Map.groupBy(all, ({ framework, store, scenario }) => `${framework} · ${store} · ${scenario}`);
  const tables = [...groups].map(([title, group]) =>
    table([[title, ...headings.slice(1)], ...group.map((measurement) => row(measurement, all))]),
  );
  return [...tables, targets.map(targetLine).join("\n")].join("\n\n");
}

function row(measurement: Measurement, all: readonly Measurement[]): string[] {
  const { variant, cpuOverBare, commands, commandNames, setsCookie, cpu, requestsPerSecond, p50, p99 } = measurement;
  const { ofMinimum, ofPeer } = ratios(measurement, all);
  return [
    `  ${labels[variant]}`,
    ratioText(ofMinimum),
    ratioText(ofPeer),
    variant === "none" ? "–" : cpuOverBare.toFixed(1),
    [commands, ...commandNames].join(" "),
    setsCookie ? "yes" : "no",
    cpu.toFixed(1),
    requestsPerSecond.toFixed(0),
    p50.toFixed(2),
    p99.toFixed(2),
  ];
}

const ratioText = (value: number | undefined): string => value?.toFixed(2) ?? "–";

function targetLine({ what, limit, reached, met }: Target): string {
  return `${met ? "✓" : "✗"} ${what}: ${Number(reached.toFixed(2))} (at most ${limit})`;
}

/** Columns as wide as their widest cell; the first one to the left, figures to the right. */
function table(rows: readonly string[][]): string {
  const widths = headings.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return rows.map(line).join("\n");
}

/** The same for programs, and with what they were measured; without the machine's name. */
export function toJson(all: readonly Measurement[], targets: readonly Target[], effort: Effort): string {
  const measurements = all.map((measurement) => {
    const { framework, store, scenario, variant, rounds: _, ...figures } = measurement;
    return { framework, store, scenario, variant, ...ratios(measurement, all), ...figures };
  });
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    date: new Date().toISOString(),
  };
  return `${JSON.stringify({ ...machine, effort, targets, measurements }, rounded, 2)}\n`;
}

/** Three decimals: the noise is larger. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
