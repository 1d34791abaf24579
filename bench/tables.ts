/** The first row is the heading. All cells as text, the first column to the left, figures to the right. */
export type Table = readonly (readonly string[])[];

/** For a terminal: columns as wide as their widest cell. */
export function plain(rows: Table): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  return rows.map(line).join("\n");
}

/** For a page. */
export function markdown([heading = [], ...rows]: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = heading.map((_, at) => (at === 0 ? "---" : "--:"));
  return [heading, rule, ...rows].map(line).join("\n");
}

/** Two decimals, or a dash where there is no figure. */
export const ratioText = (value: number | undefined): string => value?.toFixed(2) ?? "–";
