import { setTimeout as sleep } from "node:timers/promises";
import type { DeviceUse } from "../../codec.ts";
import type { SessionManager } from "../../core/manager.ts";
import { clean } from "../../inspect/clean.ts";
import { counted } from "../../inspect/words.ts";
import { wholeNumber } from "../lib/arguments.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore } from "../lib/command.ts";
import { describe } from "../lib/errors.ts";
import { useWords } from "../lib/sessions.ts";
import type { Style } from "../lib/table.ts";
import { instant } from "../lib/times.ts";
import { type Change, Changes } from "../watch/changes.ts";

interface Options {
  user?: string;
  interval: number;
}

const STYLES: Record<Change, Style> = { made: "green", used: "dim", ended: "red" };
const NOTES = `
A login moves a session to a new token: that shows as one that ended and one that was made. A use shows when the store is told
of it: with a change, else once in a tenth of the idle timeout. Each look reads all sessions (with --user, those of one user): mind
the interval where they are many. Ctrl-C ends it.`;

export const watch: AddCommand = (program, act) => {
  const command = program
    .command("watch")
    .description("Shows live which sessions are made, used and ended")
    .option("--user <user>", "only those of this user")
    .option("--interval <seconds>", "between two looks", wholeNumber, 2)
    .addHelpText("after", NOTES);
  withStore(withJson(command, "prints each event as a line of JSON"));
  withExamples(command, [
    ["dewar watch --user 42", "what happens while the user 42 signs in"],
    ["dewar watch --json >> sessions.log", "a log of what happens"],
  ]);
  command.action(
    act<Options>(async (context, { user, interval }) => {
      const { manager, name } = await context.source();
      const changes = new Changes();
      await look(context, manager, changes, user);
      context.out.note(`Watching ${counted(changes.size, "session")} in ${name} …`);
      let isFailing = false;
      while (!context.isOver) {
        await sleep(interval * 1000, undefined, { signal: context.signal }).catch(() => {});
        if (context.isOver) return;
        try {
          await look(context, manager, changes, user);
          if (isFailing) context.out.note("dewar: the store answers again");
          isFailing = false;
        } catch (error) {
          // The store may come back, and who watches wants to see that.
          if (!isFailing) context.out.note(`dewar: ${describe(error)}; trying again`);
          isFailing = true;
        }
      }
    }),
  );
};

async function look(context: Context, manager: SessionManager, changes: Changes, user?: string): Promise<void> {
  changes.begin();
  for await (const info of manager.list(user === undefined ? { order: "any" } : { subject: user })) {
    if (context.isOver) return;
    const change = changes.see(info);
    if (change === undefined) continue;
    await tell(context, change, info.id, info.subject, info.device?.last);
  }
  for (const { id, user } of changes.finish()) await tell(context, "ended", id, user);
}

async function tell(
  { out }: Context,
  change: Change,
  id: string,
  user: string | undefined,
  device?: DeviceUse,
): Promise<void> {
  const at = new Date();
  if (out.json) return out.item({ at, change, id, user: user ?? null, device });
  const from = useWords(device);
  if (!out.isTerminal) return out.line([instant(at), change, id, user ?? "", from].map(clean).join("\t"));
  const time = at.toLocaleTimeString("en-GB");
  const who = clean(user ?? "–").padEnd(8);
  await out.line(`${time}  ${out.style(STYLES[change], change.padEnd(5))}  ${id}  ${who}  ${clean(from)}`.trimEnd());
}
