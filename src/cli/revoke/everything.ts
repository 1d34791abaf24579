import type { SessionInfo, SessionManager } from "../../core/manager.ts";
import { eachAtOnce } from "../lib/at-once.ts";
import type { Context } from "../lib/command.ts";
import { failed } from "../lib/exit.ts";
import { counted } from "../lib/words.ts";

const AT_ONCE = 16;
/** A session that moved to a new token while it was being ended is found there by the next pass. */
const MOST_PASSES = 10;

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

/** Ends all that were there when it began; not those of people who sign in again meanwhile. */
export async function revokeEverything(context: Context, manager: SessionManager, expected: number): Promise<number> {
  const start = new Date();
  const progress = context.out.progress("sessions ended", expected);
  const listed = async function* (): AsyncIterable<SessionInfo> {
    for await (const info of manager.list({ order: "any" })) {
      if (context.signal.aborted) return;
      if (info.createdAt === undefined || info.createdAt <= start) yield info;
    }
  };
  try {
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      let seen = 0;
      await eachAtOnce(listed(), AT_ONCE, async ({ id }) => {
        seen++;
        if (await manager.revoke(id)) progress.add();
      });
      if (seen === 0 || context.signal.aborted) return progress.done;
    }
  } catch (error) {
    throw failed(`${counted(progress.done, "session")} ended, then it failed; do it again`, error);
  } finally {
    progress.end();
  }
  throw failed(`${counted(progress.done, "session")} ended, but others kept appearing; do it again`);
}
