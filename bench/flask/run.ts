import { execFileSync } from "node:child_process";
import { startOracle } from "../../test/flask/lib/oracle.ts";
import { preparePython } from "../../test/flask/lib/venv.ts";
import { pin } from "../pin.ts";
import { progress } from "../progress.ts";
import { targetLines } from "../report.ts";
import { keep, kept } from "../results.ts";
import type { Options } from "../run.ts";
import { plain } from "../tables.ts";
import { type Effort, measure } from "./measure.ts";
import { type SpeedReport, tableOf, targetsOf } from "./report.ts";
import { sessions } from "./sessions.ts";

const file = "flask";
const thorough: Effort = { rounds: 15, calls: 2000, warmup: 20_000 };
const quick: Effort = { rounds: 3, calls: 500, warmup: 5000 };

/** What Flask's cookies and values cost beside Flask itself: prints a table, and keeps it. */
export async function run({ quick: isQuick }: Options): Promise<void> {
  const effort = isQuick ? quick : thorough;
  // The Python that is started now inherits it: both sides have the same CPU, in turn.
  pin(process.pid, "server");
  const python = execFileSync(await preparePython("0.8"), ["--version"], { encoding: "utf8" }).trim();
  const oracle = await startOracle();
  try {
    const speeds = await measure(oracle, sessions, effort, (what) => progress(`flask · ${what}`));
    const report: SpeedReport = { python, effort, targets: targetsOf(speeds), speeds };
    progress("");
    process.stdout.write(`${plain(tableOf(speeds))}\n\n${targetLines(report.targets)}\n`);
    if (!isQuick) keep(file, report);
  } finally {
    await oracle.stop();
  }
}

/** The last report that was kept. */
export const speedKept = (): SpeedReport | undefined => kept<SpeedReport>(file);
