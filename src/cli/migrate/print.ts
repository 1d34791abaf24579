import type { Output } from "../lib/output.ts";
import type { Tally } from "./tally.ts";

interface Run {
  from: string;
  to: string;
  dryRun: boolean;
}

/** What became of all of them. `held`: how many live at the target now, where that is known. */
export async function printTally(out: Output, run: Run, tally: Tally, held: number | undefined): Promise<void> {
  if (out.json) await out.document(toDocument(run, tally, held));
  else await printTable(out, run, tally, held);
  const due = tally.mustLive();
  if (held !== undefined && held < due) {
    out.note(
      `${due} must be at the target, and it holds ${held}: does it end or drop sessions? Run it again, and dewar ping.`,
    );
  } else if (held === undefined && !run.dryRun) out.note("The target can't list what it holds: nothing was compared.");
}

function toDocument(run: Run, tally: Tally, held: number | undefined): Record<string, unknown> {
  const { seen, copied, there, updated, ended, followed, removed, refused, notMoved } = tally;
  const numbers = { seen, copied, there, updated, ended, endedAtTarget: followed, removed, notMoved: refused };
  return { ...run, ...numbers, notMovedBy: Object.fromEntries(notMoved), target: held ?? null };
}

async function printTable(
  out: Output,
  { from, to, dryRun }: Run,
  tally: Tally,
  held: number | undefined,
): Promise<void> {
  const would = dryRun ? "would be " : "";
  const rows: [number, string][] = [
    [tally.copied, `${would}copied to ${to}`],
    [tally.there, "there already, and left as they are"],
    [tally.updated, `${would}brought up to date`],
    [tally.ended, "ended, or empty"],
    [tally.followed, `${would}ended at ${to}, as they have at ${from}`],
    [tally.removed, "removed where they were"],
    ...[...tally.notMoved].map(([reason, number]): [number, string] => [number, `not moved: ${reason}`]),
  ];
  const table = out.table([{ title: "SESSIONS", align: "right" }, { title: "" }]);
  await table.row(String(tally.seen), `read at ${from}`);
  for (const [number, what] of rows) if (number > 0) await table.row(String(number), what);
  if (held !== undefined) await table.row(String(held), `now at ${to}`);
  await table.end();
}
