import { randomToken } from "../../core/crypto.ts";
import { TimedStore } from "../../core/timed-store.ts";
import { clean } from "../../inspect/clean.ts";
import { counted } from "../../inspect/words.ts";
import type { Store } from "../../store.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore } from "../lib/command.ts";
import { describe } from "../lib/errors.ts";
import { EXIT, failed } from "../lib/exit.ts";
import type { SourceOptions } from "../lib/source.ts";
import { examine } from "../ping/examine.ts";
import { danger, type Examination, type Finding, warning } from "../ping/finding.ts";
import { openTarget, type Target } from "../ping/target.ts";
import { inMs, type Times, timesOf } from "../ping/times.ts";

const PINGS = 50;
/** Milliseconds: who waits longer for one read has no need to know how long. */
const PATIENCE = 5000;
const STYLES = { ok: "green", warning: "yellow", danger: "red" } as const;

interface Options extends SourceOptions {
  strict?: boolean;
}

/** `dewar ping`: whether the store answers, how quickly, and whether its settings can lose sessions. */
export const ping: AddCommand = (program, act) => {
  const command = program
    .command("ping")
    .description("Asks the store how quickly it answers, and whether its settings can lose sessions")
    .option("--strict", "exit code 3 where there is a warning or a danger, for monitoring and CI");
  withStore(withJson(command));
  withExamples(command, [
    ["dewar ping --store redis://localhost:6379", "times, version, and what to change"],
    ["dewar ping --strict > /dev/null", "before a deployment: fails unless all is well"],
  ]);
  command.action(
    act<Options>(async (context, options) => {
      const target = await openTarget(context, options, false);
      try {
        const pinged = await pings(target.store, context);
        const examination = await lookAt(target, pinged);
        if (context.isOver) return undefined;
        await print(context, target.name, pinged, examination);
        if (pinged.error !== undefined) return EXIT.failed;
        const isWell = examination.findings.every(({ level }) => level === "ok");
        return options.strict && !isWell ? EXIT.refused : EXIT.done;
      } finally {
        await target.close();
      }
    }),
  );
};

/** Either of them: without times, why. */
interface Pinged {
  times?: Times;
  error?: unknown;
}

/** Reads a session that isn't there, again and again: what each request of an application does. */
async function pings(store: Store, { signal }: Context): Promise<Pinged> {
  const times: number[] = [];
  try {
    for (let index = 0; index <= PINGS && !signal.aborted; index++) {
      const start = performance.now();
      await new TimedStore(store, PATIENCE, () => {}).read(randomToken(32));
      // The first one also connects and prepares.
      if (index > 0) times.push(performance.now() - start);
    }
  } catch (error) {
    return { error };
  }
  return times.length > 0 ? { times: timesOf(times) } : {};
}

async function lookAt({ backEnd }: Target, { error }: Pinged): Promise<Examination> {
  const failure = error === undefined ? [] : [danger("reading", describe(error), "Nothing works before this does.")];
  if (backEnd === undefined) {
    const advice = "Give --store URL to look at the server's settings too: a configuration shows the store alone.";
    return { version: "", findings: [...failure, warning("settings", "not looked at", advice)] };
  }
  try {
    const { version, findings } = await examine(backEnd);
    return { version, findings: [...failure, ...findings] };
  } catch (cause) {
    if (error !== undefined) throw failed("the store doesn't answer", error);
    const advice = "This user may not ask for them, or the server isn't what the URL says: look yourself.";
    return { version: "", findings: [warning("settings", describe(cause), advice)] };
  }
}

async function print({ out }: Context, name: string, { times }: Pinged, examination: Examination): Promise<void> {
  const { version, findings } = examination;
  if (out.json) return out.document({ store: name, version: version || null, milliseconds: times ?? null, findings });
  await out.line(clean(version === "" ? name : `${name} (${version})`));
  if (times !== undefined) {
    const { min, median, p99 } = times;
    await out.line(`${PINGS} reads, one after the other: min ${inMs(min)}, median ${inMs(median)}, p99 ${inMs(p99)}`);
  }
  const columns = [{ title: "" }, { title: "WHAT" }, { title: "IS" }];
  const table = out.table(out.isTerminal ? columns : [...columns, { title: "WHAT TO DO" }]);
  for (const { level, what, is, advice = "" } of findings) {
    await table.row({ text: level, style: STYLES[level] }, what, is, ...(out.isTerminal ? [] : [advice]));
  }
  await table.end();
  if (out.isTerminal) for (const finding of findings) await advise(out, finding);
  out.hint(summary(findings));
}

async function advise(out: Context["out"], { level, what, advice }: Finding): Promise<void> {
  if (advice !== undefined) await out.line(`\n${out.style(STYLES[level], clean(what))}: ${clean(advice)}`);
}

function summary(findings: readonly Finding[]): string {
  const number = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  return `${counted(number("danger"), "danger")}, ${counted(number("warning"), "warning")}`;
}
