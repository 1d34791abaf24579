import { once } from "node:events";
import { storeOf } from "../../core/engine.ts";
import type { SessionManager } from "../../core/manager.ts";
import { port } from "../lib/arguments.ts";
import { type AddCommand, withExamples, withJson, withStore } from "../lib/command.ts";
import { refused } from "../lib/exit.ts";

const NOTES = `
The link lets in the browser that opens it first, and is dead after that, or after ten minutes. Only this machine can reach
the page; from another one, forward the very same port: ssh -L 8080:127.0.0.1:8080 HOST. Ctrl-C ends it.`;

export const admin: AddCommand = (program, act) => {
  const command = program
    .command("admin")
    .description("Opens a page in the browser, for this machine alone, to look at sessions and end them")
    .option("--port <port>", "where it listens; 0 is a free one", port, 0)
    .addHelpText("after", NOTES);
  withStore(withJson(command, "prints the link as a JSON document"));
  withExamples(command, [
    ["dewar admin --store redis://localhost:6379", "prints a link to open"],
    ["dewar admin --port 8080", "on a port that can be forwarded"],
  ]);
  command.action(
    act<{ port: number }>(async (context, { port }) => {
      const { manager, name } = await context.source();
      if (!hasStore(manager)) {
        throw refused(`${name}: has no store, or is of another copy of dewar; run the application's own: npx dewar`);
      }
      // Only who opens the page needs what draws it.
      const { serve } = await import("../admin/serve.ts");
      const { link, close } = await serve(manager, port, (text) => context.out.note(text));
      if (context.out.json) await context.out.document({ link });
      else await context.out.line(link);
      context.out.note(`Open this link: it works once. The page shows the sessions in ${name} until Ctrl-C.`);
      if (!context.signal.aborted) await once(context.signal, "abort");
      await close();
    }),
  );
};

/** Of this copy of the package, that is: no other one's is to be reached from here. */
function hasStore(manager: SessionManager): boolean {
  try {
    return storeOf(manager) !== undefined;
  } catch {
    return false;
  }
}
