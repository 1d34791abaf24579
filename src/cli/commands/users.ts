import { counted } from "../../inspect/words.ts";
import { wholeNumber } from "../lib/arguments.ts";
import { type AddCommand, withExamples, withJson, withStore } from "../lib/command.ts";
import { lastUseOf } from "../lib/sessions.ts";
import { fromNow, instant } from "../lib/times.ts";

interface User {
  sessions: number;
  lastUsedAt: Date | undefined;
}

export const users: AddCommand = (program, act) => {
  const command = program
    .command("users")
    .description("Lists who is signed in, and in how many sessions, the most first; keeps all users in memory")
    .option("--limit <number>", "at most so many users", wholeNumber);
  withStore(withJson(command, "prints each user as a line of JSON"));
  withExamples(command, [
    ["dewar users --limit 10", "who has the most sessions"],
    ["dewar users | wc -l", "how many there are; a pipe gets user, sessions, last used, by tabs"],
  ]);
  command.action(
    act<{ limit?: number }>(async (context, { limit = Number.POSITIVE_INFINITY }) => {
      const { out } = context;
      const source = await context.source();
      const found = new Map<string, User>();
      let anonymous = 0;
      const progress = out.progress("sessions read");
      try {
        for await (const info of source.manager.list({ order: "any" })) {
          if (context.isOver) return;
          progress.add();
          if (info.subject === undefined) anonymous++;
          else {
            const user = found.get(info.subject) ?? { sessions: 0, lastUsedAt: undefined };
            user.sessions++;
            user.lastUsedAt = later(user.lastUsedAt, lastUseOf(info, source));
            found.set(info.subject, user);
          }
        }
      } finally {
        progress.end();
      }
      const sorted = [...found].sort(([, a], [, b]) => b.sessions - a.sessions).slice(0, limit);
      const table = out.table([{ title: "USER" }, { title: "SESSIONS", align: "right" }, { title: "LAST USED" }]);
      for (const [user, { sessions, lastUsedAt }] of sorted) {
        if (context.isOver) return;
        const when = lastUsedAt === undefined ? "" : out.isTerminal ? fromNow(lastUsedAt) : instant(lastUsedAt);
        if (out.json) await out.item({ user, sessions, lastUsedAt });
        else await table.row(user, String(sessions), when);
      }
      await table.end();
      out.hint(`${counted(found.size, "user")}; beside them ${counted(anonymous, "anonymous session")}`);
    }),
  );
};

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
