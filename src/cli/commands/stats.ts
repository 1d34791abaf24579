import { clean } from "../../inspect/clean.ts";
import { bytes, counted } from "../../inspect/words.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore } from "../lib/command.ts";
import { type Bar, draw } from "../stats/bars.ts";
import { MOST_USERS, Tally } from "../stats/tally.ts";

export const stats: AddCommand = (program, act) => {
  const command = program
    .command("stats")
    .description("Counts the sessions: by user, age, last use and size; reads each of them once")
    .addHelpText("after", "\nSizes are of the records, as stored; what the store itself needs for each differs.");
  withStore(withJson(command));
  withExamples(command, [
    ["dewar stats", "histograms, drawn in the terminal"],
    ["dewar stats --json | jq .sessions", "how many there are"],
  ]);
  command.action(
    act(async (context) => {
      const { out } = context;
      const source = await context.source();
      const tally = new Tally(source);
      const progress = out.progress("sessions read");
      try {
        for await (const info of source.manager.list({ order: "any" })) {
          if (context.isOver) return;
          tally.add(info);
          progress.add();
        }
      } finally {
        progress.end();
      }
      const { sessions, users, anonymous, bytes, largest, topUsers, age, lastUse, size } = tally;
      if (out.json) {
        await out.document({ sessions, users, anonymous, bytes, largest, topUsers, age, lastUse, size });
      } else if (out.isTerminal) await show(context, tally);
      else await list(context, tally);
    }),
  );
};

async function show({ out }: Context, tally: Tally): Promise<void> {
  const { sessions, users, anonymous } = tally;
  const mean = sessions === 0 ? 0 : tally.bytes / sessions;
  await out.line(`${counted(sessions, "session")}, of ${counted(users, "user")} and ${anonymous} anonymous`);
  await out.line(
    `${bytes(tally.bytes)} of records, as stored; ${bytes(mean)} on average, ${bytes(tally.largest)} at most`,
  );
  if (sessions === 0) return;
  const top = tally.topUsers.map(({ user, sessions }) => ({ label: clean(user), sessions }));
  const charts = [
    [users > MOST_USERS ? `The ${MOST_USERS} users with the most` : "By user", top],
    ["By age", tally.age],
    ["By last use", tally.lastUse],
    ["By size", tally.size],
  ] as const;
  for (const [title, bars] of charts) {
    if (bars.every((bar) => bar.sessions === 0)) continue;
    await out.line();
    await out.line(out.style("bold", title));
    await draw(out, withoutEmptyEnd(bars), sessions);
  }
}

/** The classes that nothing reaches aren't worth a line. */
function withoutEmptyEnd(bars: readonly Bar[]): Bar[] {
  return bars.slice(0, bars.findLastIndex((bar) => bar.sessions > 0) + 1);
}

async function list({ out }: Context, tally: Tally): Promise<void> {
  const { sessions, users, anonymous, largest } = tally;
  const table = out.table([{ title: "WHAT" }, { title: "CLASS" }, { title: "COUNT" }]);
  const totals = { sessions, users, anonymous, bytes: tally.bytes, largest };
  for (const [name, value] of Object.entries(totals)) await table.row("total", name, String(value));
  for (const { user, sessions } of tally.topUsers) await table.row("user", user, String(sessions));
  for (const name of ["age", "lastUse", "size"] as const) {
    for (const { label, sessions } of tally[name]) await table.row(name, label, String(sessions));
  }
}
