import { endEverything } from "../../admin/everything.ts";
import type { SessionManager } from "../../core/manager.ts";
import { counted } from "../../inspect/words.ts";
import type { Context } from "../lib/command.ts";
import { failed } from "../lib/exit.ts";

/** How many sessions live. */
export async function countSessions(context: Context, manager: SessionManager): Promise<number> {
  const progress = context.out.progress("sessions counted");
  try {
    for await (const _ of manager.list({ order: "any" })) {
      if (context.signal.aborted) break;
      progress.add();
    }
    return progress.done;
  } finally {
    progress.end();
  }
}

/** Ends all that were there when it began; not those of people who sign in again meanwhile. Resolves to how many. */
export async function revokeEverything(context: Context, manager: SessionManager, expected: number): Promise<number> {
  const progress = context.out.progress("sessions ended", expected);
  try {
    await endEverything(manager, { signal: context.signal, onEnded: () => progress.add() });
    return progress.done;
  } catch (error) {
    throw failed(`${counted(progress.done, "session")} ended, then it failed; do it again`, error);
  } finally {
    progress.end();
  }
}
