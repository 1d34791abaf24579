import type { SessionManager } from "../../core/manager.ts";
import { clean } from "../../inspect/clean.ts";
import { counted } from "../../inspect/words.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore, withYes } from "../lib/command.ts";
import { EXIT, refused, usage } from "../lib/exit.ts";
import { checkId } from "../lib/sessions.ts";
import { countSessions, revokeEverything } from "../revoke/everything.ts";

interface Options {
  user?: string;
  except?: string;
  all?: boolean;
}

export const revoke: AddCommand = (program, act) => {
  const command = program
    .command("revoke")
    .description("Ends sessions, at once and for good: by their ids, all of a user, or all there are")
    .argument("[id...]", 'as "dewar list" shows them')
    .option("--user <user>", "all sessions of this user")
    .option("--except <id>", "with --user: all but this one")
    .option("--all", "all sessions of everybody: says how many, and asks");
  withStore(withJson(withYes(command)));
  withExamples(command, [
    ["dewar revoke TG5N8C0rkQZ3_W9w2Zj0Yw1yV5mJ0s2mS1q0iD7kLxA", "ends one session"],
    ["dewar revoke --user 42", "signs the user 42 out everywhere"],
    ["dewar revoke --user 42 --except ID", "everywhere else"],
    ["dewar revoke --all --yes", "signs everybody out, without a question: after a leak"],
  ]);
  command.action(
    act<Options>(async (context, options, ids) => {
      checkChoice(options, ids);
      for (const id of ids) checkId(id);
      const { manager, name } = await context.source();
      if (options.all) return revokeAll(context, manager, name);
      if (options.user !== undefined) return revokeUser(context, manager, options.user, options.except);
      return revokeIds(context, manager, ids);
    }),
  );
};

function checkChoice({ user, except, all }: Options, ids: string[]): void {
  const given = [ids.length > 0, user !== undefined, all === true].filter(Boolean).length;
  if (given !== 1) throw usage("revoke: takes ids, or --user, or --all; one of these");
  if (user === "") throw usage("--user: takes the name that the application gives to login()");
  if (except !== undefined && user === undefined) throw usage("--except: only with --user");
}

async function revokeIds({ out, signal }: Context, manager: SessionManager, ids: string[]): Promise<number> {
  const revoked: string[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    if (signal.aborted) break;
    const isRevoked = await manager.revoke(id);
    (isRevoked ? revoked : missing).push(id);
    if (!isRevoked) out.note(`dewar: ${id}: no such session`);
    else if (!out.json) await out.line(`${id} ended`);
  }
  if (out.json) await out.document({ revoked, missing });
  return missing.length > 0 ? EXIT.refused : EXIT.done;
}

async function revokeUser(
  { out }: Context,
  manager: SessionManager,
  user: string,
  except: string | undefined,
): Promise<number> {
  // A slip here would end the one session that was to be kept.
  if (except !== undefined && (await manager.get(checkId(except)))?.subject !== user) {
    throw refused(`--except: ${except} is no session of ${user}; nothing was ended`);
  }
  const revoked = await manager.revokeAll(user, except === undefined ? {} : { except });
  if (out.json) await out.document({ user, revoked });
  else await out.line(`${counted(revoked, "session")} of ${clean(user)} ended`);
  return EXIT.done;
}

async function revokeAll(context: Context, manager: SessionManager, name: string): Promise<number> {
  const { out, signal } = context;
  const expected = await countSessions(context, manager);
  if (signal.aborted) return EXIT.interrupted;
  const question = `End ${counted(expected, "session")} in ${name}? Everybody has to sign in again.`;
  if (expected > 0 && !(await context.confirm(question))) {
    if (!signal.aborted) out.note("Nothing was ended.");
    return EXIT.refused;
  }
  const revoked = await revokeEverything(context, manager, expected);
  if (signal.aborted) {
    out.note(`Interrupted: ${counted(revoked, "session")} ended, others not.`);
    return EXIT.interrupted;
  }
  if (out.json) await out.document({ revoked });
  else await out.line(`${counted(revoked, "session")} ended`);
  return EXIT.done;
}
