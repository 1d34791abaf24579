import type { SessionInfo } from "../../core/manager.ts";
import { deviceWords } from "../../inspect/device-words.ts";
import { toPlain } from "../../inspect/plain.ts";
import { type AddCommand, type Context, withExamples, withJson, withStore } from "../lib/command.ts";
import { refused } from "../lib/exit.ts";
import { checkId, endOf, lastUseOf, sizeOf, toItem } from "../lib/sessions.ts";
import type { Source } from "../lib/source.ts";
import { clean } from "../lib/text.ts";
import { pathsOf, treeOf } from "../lib/tree.ts";
import { bytes, fromNow, instant } from "../lib/words.ts";

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
        await context.out.document({ ...toItem(info, source), size: sizeOf(info), data });
      } else await print(context, info, source, reveal);
    }),
  );
};

async function print({ out }: Context, info: SessionInfo, source: Source, reveal: boolean): Promise<void> {
  const data = toPlain(info.data, { reveal });
  const facts = factsOf(info, source, out.isTerminal);
  if (!out.isTerminal) {
    for (const [name, text] of facts) await out.line(`${name}\t${clean(text)}`);
    if (Object.keys(info.data).length === 0) return;
    for (const [path, text] of pathsOf(data, "data")) await out.line(`${clean(path)}\t${text}`);
    return;
  }
  for (const [name, text] of facts) await out.line(`${out.style("bold", name.padEnd(12))}${clean(text)}`);
  const tree = treeOf(data, out, "  ");
  await out.line(tree.length > 0 ? out.style("bold", "data") : out.style("dim", "no data"));
  for (const line of tree) await out.line(line);
}

function factsOf(info: SessionInfo, source: Source, relative: boolean): [name: string, text: string][] {
  const when = (date: Date | undefined) => date && (relative ? `${instant(date)} (${fromNow(date)})` : instant(date));
  const use = (which: "first" | "last") => {
    const { userAgent, address } = info.device?.[which] ?? {};
    return [userAgent && deviceWords(userAgent), address].filter(Boolean).join(", ");
  };
  const facts: [string, string | undefined][] = [
    ["id", info.id],
    ["user", info.subject ?? (relative ? "nobody is signed in" : "")],
    ["made", when(info.createdAt)],
    ["signed in", when(info.authenticatedAt)],
    ["last used", when(lastUseOf(info, source))],
    ["ends", when(endOf(info, source))],
    ["cookie", info.permanent ? "outlives the browser" : "ends with the browser"],
    ["first from", use("first")],
    ["last from", use("last")],
    ["size", relative ? `${bytes(sizeOf(info))} of data, as JSON` : String(sizeOf(info))],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]) || fact[0] === "user");
}
