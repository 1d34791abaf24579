import type { SessionInfo } from "../../core/manager.ts";
import { toPlain } from "../../inspect/plain.ts";
import { bytes } from "../../inspect/words.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore } from "../lib/command.ts";
import { refused } from "../lib/exit.ts";
import { printData, printFacts, timeOf } from "../lib/facts.ts";
import { checkId, endOf, lastUseOf, toItem, useWords } from "../lib/sessions.ts";
import type { Source } from "../lib/source.ts";

export const show: AddCommand = (program, act) => {
  const command = program
    .command("show")
    .description("Shows one session and its data, sensitive values masked")
    .argument("<id>", 'as "dewar list" shows it')
    .option("--reveal", "shows sensitive values too: tokens, passwords, keys");
  withStore(withJson(command));
  withExamples(command, [
    ["dewar show TG5N8C0rkQZ3_W9w2Zj0Yw1yV5mJ0s2mS1q0iD7kLxA", "who it is, since when, and what is in it"],
    ["dewar show ID --json | jq .data.cart", "a part of the data"],
  ]);
  command.action(
    act<{ reveal?: boolean }>(async (context, { reveal = false }, [id = ""]) => {
      checkId(id);
      const source = await context.source();
      const info = await source.manager.get(id);
      if (info === undefined) throw refused(`${id}: no such session; it has ended, or it is in another store`);
      if (context.out.json) {
        const data = toPlain(info.data, { reveal });
        await context.out.document({ ...toItem(info, source), data });
      } else await print(context, info, source, reveal);
    }),
  );
};

async function print({ out }: Context, info: SessionInfo, source: Source, reveal: boolean): Promise<void> {
  const { id, subject, createdAt, authenticatedAt, permanent, device, size } = info;
  await printFacts(out, [
    ["id", id],
    ["user", subject ?? (out.isTerminal ? "nobody is signed in" : "")],
    ["made", timeOf(createdAt, out)],
    ["signed in", timeOf(authenticatedAt, out)],
    ["last used", timeOf(lastUseOf(info, source), out)],
    ["ends", timeOf(endOf(info, source), out)],
    ["cookie", permanent ? "outlives the browser" : "ends with the browser"],
    ["first from", useWords(device?.first) || undefined],
    ["last from", useWords(device?.last) || undefined],
    ["size", out.isTerminal ? `${bytes(size)} of the record, as stored` : String(size)],
  ]);
  await printData(out, toPlain(info.data, { reveal }));
}
