import { clean } from "../../inspect/clean.ts";
import { type AddCommand, withExamples, withJson, withStore } from "../lib/command.ts";
import type { SourceOptions } from "../lib/source.ts";
import { needsNothing, prepare } from "../ping/prepare.ts";
import { openTarget } from "../ping/target.ts";

/** `dewar setup`: tables, indexes, directories. */
export const setup: AddCommand = (program, act) => {
  const command = program
    .command("setup")
    .description("Makes what the store needs: table and indexes, a directory. To run it again changes nothing");
  withStore(withJson(command));
  withExamples(command, [
    ["dewar setup --store postgres://shop@localhost/shop", "when you deploy, before the application starts"],
    ["dewar ddl --dialect postgres", "what it would do, for a database that only its owner may change"],
  ]);
  command.action(
    act<SourceOptions>(async (context, options) => {
      const { out } = context;
      const target = await openTarget(context, options, true);
      try {
        const made = await prepare(target);
        if (out.json) await out.document({ store: target.name, made });
        else if (made.length > 0) await out.line(clean(`${target.name}: made ${made.join(", ")}.`));
        else if (needsNothing(target.backEnd)) await out.line(clean(`${target.name} needs no preparation.`));
        else await out.line(clean(`${target.name} has all it needs${target.backEnd ? " already" : ""}.`));
        return undefined;
      } finally {
        await target.close();
      }
    }),
  );
};
