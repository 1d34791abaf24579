import { type Plain, toPlain } from "../../inspect/plain.ts";
import type { Output } from "../lib/output.ts";
import { clean } from "../lib/text.ts";
import { pathsOf, treeOf } from "../lib/tree.ts";
import { fromNow, instant } from "../lib/words.ts";
import type { CookieReport } from "./report.ts";

const STYLES = { verified: "green", refused: "red", unverified: "yellow" } as const;

/** One cookie, for people or for a pipe. */
export async function printReport(out: Output, report: CookieReport, reveal: boolean): Promise<void> {
  const { verdict, record } = report;
  const data = dataOf(report, reveal);
  if (!out.isTerminal) {
    for (const [label, text] of factsOf(report, false)) await out.line(`${label}\t${clean(text)}`);
    if (record === undefined || Object.keys(record.data).length === 0) return;
    for (const [path, text] of pathsOf(data, "data")) await out.line(`${clean(path)}\t${text}`);
    return;
  }
  for (const [label, text] of factsOf(report, true)) {
    const shown = label === "verdict" ? out.style(STYLES[verdict], text) : clean(text);
    await out.line(`${out.style("bold", label.padEnd(10))}${shown}`);
  }
  if (record === undefined) return;
  const tree = treeOf(data, out, "  ");
  const title = verdict === "verified" ? "data" : "data (unverified)";
  await out.line(tree.length > 0 ? out.style("bold", title) : out.style("dim", `${title}: none`));
  for (const line of tree) await out.line(line);
}

/** The same for `--json`. */
export function toDocument(report: CookieReport, reveal: boolean): Record<string, unknown> {
  const { name, kind, is, verdict, why, secret, id, madeAt, endsAt, record, notes } = report;
  return {
    name: name ?? null,
    kind,
    is,
    verdict,
    why,
    secret: secret ?? null,
    id: id ?? null,
    user: record?.subject ?? null,
    madeAt: madeAt ?? null,
    endsAt: endsAt ?? null,
    data: record === undefined ? null : dataOf(report, reveal),
    flashes: record?.flashes === undefined ? [] : toPlain(record.flashes, { reveal }),
    notes,
  };
}

function dataOf({ record }: CookieReport, reveal: boolean): Plain {
  return toPlain(record?.data ?? {}, { reveal });
}

function factsOf(report: CookieReport, relative: boolean): [label: string, text: string][] {
  const { name, is, verdict, why, id, madeAt, endsAt, record, notes } = report;
  const when = (date: Date | undefined) => date && (relative ? `${instant(date)} (${fromNow(date)})` : instant(date));
  const facts: [string, string | undefined][] = [
    ["cookie", name],
    ["is", is],
    ["verdict", verdict],
    ["why", why],
    ["id", id],
    ["user", record?.subject],
    ["made", when(madeAt)],
    ["ends", when(endsAt)],
    ["flashes", record?.flashes?.length ? String(record.flashes.length) : undefined],
    ...notes.map((note): [string, string] => ["note", note]),
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
