import { type Plain, toPlain } from "../../inspect/plain.ts";
import { type Fact, printData, printFacts, timeOf } from "../lib/facts.ts";
import type { Output } from "../lib/output.ts";
import type { CookieReport } from "./report.ts";

const STYLES = { verified: "green", refused: "red", unverified: "yellow" } as const;

/** One cookie, for people or for a pipe. */
export async function printReport(out: Output, report: CookieReport, reveal: boolean): Promise<void> {
  const { name, is, verdict, why, id, madeAt, endsAt, record, notes } = report;
  await printFacts(out, [
    ["cookie", name],
    ["is", is],
    ["verdict", verdict, STYLES[verdict]],
    ["why", why],
    ["id", id],
    ["user", record?.subject],
    ["made", timeOf(madeAt, out)],
    ["ends", timeOf(endsAt, out)],
    ["flashes", record?.flashes?.length ? String(record.flashes.length) : undefined],
    ...notes.map((note): Fact => ["note", note]),
  ]);
  if (record === undefined) return;
  await printData(out, dataOf(report, reveal), verdict === "verified" ? "data" : "data (unverified)");
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
