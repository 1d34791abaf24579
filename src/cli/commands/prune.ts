import { counted } from "../../inspect/words.ts";
import { type AddCommand, withExamples, withJson, withStore } from "../lib/command.ts";

export const prune: AddCommand = (program, act) => {
  const command = program
    .command("prune")
    .description("Removes sessions that expired, from stores that don't do so by themselves");
  withStore(withJson(command));
  withExamples(command, [
    ["dewar prune --store postgres://localhost/shop", "what a timer of the machine may do at night"],
  ]);
  command.action(
    act(async (context) => {
      const { manager } = await context.source();
      const pruned = await manager.prune();
      if (context.out.json) await context.out.document({ pruned });
      else await context.out.line(`${counted(pruned, "expired session")} removed`);
    }),
  );
};
