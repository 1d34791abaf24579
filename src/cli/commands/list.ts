import { clean } from "../../inspect/clean.ts";
import { counted } from "../../inspect/words.ts";
import { wholeNumber } from "../lib/arguments.ts";
import { type AddCommand, withExamples, withJson, withStore } from "../lib/command.ts";
import { usage } from "../lib/exit.ts";
import { endOf, lastUseOf, toItem, useWords } from "../lib/sessions.ts";
import type { Cell } from "../lib/table.ts";
import { fromNow, instant } from "../lib/times.ts";

interface Options {
  user?: string;
  limit?: number;
  after?: string;
}

const COLUMNS = [
  { title: "ID" },
  { title: "USER", widest: 32 },
  { title: "MADE" },
  { title: "LAST USED" },
  { title: "ENDS" },
  { title: "DEVICE", widest: 60 },
];

export const list: AddCommand = (program, act) => {
  const command = program
    .command("list")
    .description("Lists the sessions that live")
    .option("--user <user>", "only those of this user")
    .option("--limit <number>", "at most so many", wholeNumber)
    .option("--after <cursor>", "goes on after the session with this cursor; --json shows them");
  withStore(withJson(command, "prints each session as a line of JSON"));
  withExamples(command, [
    ["dewar list --user 42", "where the user 42 is signed in"],
    ["dewar list --limit 50", "the first 50, and how to go on"],
    [
      "dewar list | cut -f 2 | sort -u",
      "who is signed in; a pipe gets id, user, made, last used, ends, device, by tabs",
    ],
    ["dewar list --json | jq -r 'select(.user == null).id'", "the ids of anonymous sessions"],
  ]);
  command.action(
    act<Options>(async (context, { user, limit, after }) => {
      const { out } = context;
      const source = await context.source();
      const filter = {
        ...(user !== undefined && { subject: user }),
        ...(limit !== undefined && { limit }),
        ...(after !== undefined && { after }),
      };
      const table = out.table(COLUMNS);
      const when = (date: Date | undefined): Cell => {
        if (date === undefined) return out.isTerminal ? { text: "–", style: "dim" } : "";
        return out.isTerminal ? fromNow(date) : instant(date);
      };
      let last: string | undefined;
      let shown = 0;
      try {
        for await (const info of source.manager.list(filter)) {
          if (context.isOver) break;
          shown++;
          last = info.cursor;
          if (out.json) await out.item(toItem(info, source));
          else {
            const who: Cell = info.subject ?? (out.isTerminal ? { text: "–", style: "dim" } : "");
            const times = [when(info.createdAt), when(lastUseOf(info, source)), when(endOf(info, source))];
            await table.row(info.id, who, ...times, useWords(info.device?.last));
          }
        }
      } catch (error) {
        // A cursor that this store or manager didn't make.
        if (error instanceof TypeError && after !== undefined)
          throw usage("--after: takes a cursor of this very listing");
        throw error;
      }
      await table.end();
      if (context.isOver || out.json) return;
      if (shown === limit && last !== undefined) out.hint(`There may be more: --after ${clean(last)}`);
      else out.hint(counted(shown, "session"));
    }),
  );
};
