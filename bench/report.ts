import type { Effort, Measurement } from "./measure.ts";
import { type Ratios, ratios } from "./ratios.ts";
import { plain, ratioText } from "./tables.ts";
import { type Target, targets } from "./targets.ts";

/** What a run found, for tables and as it is kept. */
export interface Report {
  effort: Effort;
  targets: Target[];
  measurements: Row[];
}

/** A measurement beside the others. */
export type Row = Omit<Measurement, "rounds"> & Ratios;

const labels = { none: "bare", minimum: "minimum", dewar: "dewar", lazy: "dewar, lazy", peer: "peer" };

export function reportOn(all: readonly Measurement[], effort: Effort): Report {
  const measurements = all.map((measurement) => {
    const { rounds: _, ...figures } = measurement;
    return { ...figures, ...ratios(measurement, all) };
  });
  return { effort, targets: targets(all, effort.pace !== undefined), measurements };
}

/** The measurements as tables, ratios first, and the targets below. */
export function toText({ measurements, targets }: Report): string {
  const groups = Map.groupBy(measurements, ({ framework, store, scenario }) => `${framework} · ${store} · ${scenario}`);
  const tables = [...groups].map(([title, rows]) =>
    plain([
      [
        title,
        "of minimum",
        "of peer",
        "µs over bare",
        "commands",
        "Set-Cookie",
        "µs CPU",
        "requests/s",
        "of peer",
        "p50 ms",
        "p99 ms",
      ],
      ...rows.map(cells),
    ]),
  );
  return [...tables, targetLines(targets)].join("\n\n");
}

function cells(row: Row): string[] {
  return [
    `  ${labels[row.variant]}`,
    ratioText(row.ofMinimum),
    ratioText(row.ofPeer),
    row.variant === "none" ? "–" : row.cpuOverBare.toFixed(1),
    [row.commands, ...row.commandNames].join(" "),
    row.setsCookie ? "yes" : "no",
    row.cpu.toFixed(1),
    row.requestsPerSecond.toFixed(0),
    ratioText(row.rateOfPeer),
    row.p50.toFixed(2),
    row.p99.toFixed(2),
  ];
}

/** One line for each target. */
export function targetLines(all: readonly Target[]): string {
  return all
    .map(({ what, bound, limit, reached, met }) => {
      return `${met ? "✓" : "✗"} ${what}: ${Number(reached.toFixed(2))} (${bound} ${limit})`;
    })
    .join("\n");
}
