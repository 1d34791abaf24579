import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { admin } from "./commands/admin.ts";
import { bench } from "./commands/bench.ts";
import { completion } from "./commands/completion.ts";
import { ddl } from "./commands/ddl.ts";
import { decode } from "./commands/decode.ts";
import { keygen } from "./commands/keygen.ts";
import { list } from "./commands/list.ts";
import { migrate } from "./commands/migrate.ts";
import { ping } from "./commands/ping.ts";
import { prune } from "./commands/prune.ts";
import { revoke } from "./commands/revoke.ts";
import { setup } from "./commands/setup.ts";
import { show } from "./commands/show.ts";
import { stats } from "./commands/stats.ts";
import { users } from "./commands/users.ts";
import { watch } from "./commands/watch.ts";
import { type Act, type AddCommand, Context, EXIT_CODES, withExamples } from "./lib/command.ts";
import { describe, exitCodeOf } from "./lib/errors.ts";
import { EXIT } from "./lib/exit.ts";
import type { Io } from "./lib/io.ts";
import { safe, wantsColours } from "./lib/output.ts";
import { redact } from "./lib/redact.ts";
import { shield, unshield, unshieldAll } from "./lib/shield.ts";

const groups: [title: string, commands: AddCommand[]][] = [
  ["Sessions:", [list, show, users, stats, watch, revoke, prune, admin]],
  ["Stores:", [setup, ddl, ping, migrate, bench]],
  ["Cookies and secrets:", [decode, keygen]],
  ["Shell:", [completion]],
];

/** Milliseconds that a command has to come to a clean end after Ctrl-C: a call to the store has two seconds. */
const GRACE = 3000;

/** Runs one command line; resolves to the exit code. Nothing is thrown, and the process isn't ended. */
export async function run(io: Io): Promise<number> {
  const outputError = watchOutput(io);
  const code = await obey(io);
  if (io.signal.aborted) return Number(io.signal.reason) || EXIT.interrupted;
  const error = await outputError();
  if (error === undefined) return code;
  io.stderr.write(`dewar: not all could be written: ${describe(error)}\n`);
  return EXIT.failed;
}

async function obey(io: Io): Promise<number> {
  let code: number = EXIT.done;
  const act: Act =
    (body) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      const options = unshieldAll(command.opts());
      const context = new Context(io, options);
      const work = body(context, options as never, command.args.map(unshield)).finally(() => context.close());
      code = (await Promise.race([work, afterGrace(io.signal)])) ?? EXIT.done;
    };
  try {
    await makeProgram(io, act).parseAsync(io.argv.map(shield), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    // What was interrupted may well fail, and nobody wants to know.
    if (io.signal.aborted) return EXIT.interrupted;
    io.stderr.write(`dewar: ${describe(error)}\n`);
    if (io.env["DEWAR_DEBUG"] && error instanceof Error) io.stderr.write(`${safe(error.stack ?? "")}\n`);
    return exitCodeOf(error);
  }
}

/** A reader may leave at any time (`dewar list | head`), and that is no failure; a full disk is. */
function watchOutput({ stdout, stderr }: Io): () => Promise<Error | undefined> {
  let failure: Error | undefined;
  stdout.on("error", (error: Error & { code?: string }) => {
    if (error.code !== "EPIPE") failure ??= error;
  });
  stderr.on("error", () => {});
  return async () => {
    await new Promise<void>((resolve) => stdout.write("", () => resolve()));
    return failure;
  };
}

/** All commands, with what each does left to `act`. */
function makeProgram(io: Pick<Io, "env" | "stdout" | "stderr">, act: Act): Command {
  const program = new Command("dewar");
  program
    .description("Looks into the sessions of an application, ends them, and looks after their store")
    .version(readVersion(), "-V, --version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(redact(unshield(text))),
      outputError: (text, write) => write(safe(unshield(text))),
      getOutHelpWidth: () => io.stdout.columns || 100,
      getErrHelpWidth: () => io.stderr.columns || 100,
      getOutHasColors: () => io.stdout.isTTY === true && wantsColours(io),
      getErrHasColors: () => io.stderr.isTTY === true && wantsColours(io),
    })
    .configureHelp({ styleTitle: (title) => styleText("bold", title, { validateStream: false }) })
    .addHelpText("after", `\n${EXIT_CODES}`);
  withExamples(program, [
    ["dewar list --store redis://localhost:6379 --user 42", "where the user 42 is signed in"],
    ["dewar revoke --user 42", "signs the user out everywhere; the store is in DEWAR_STORE or dewar.config.ts"],
  ]);
  for (const [title, commands] of groups) {
    program.commandsGroup(title);
    for (const add of commands) add(program, act);
  }
  program.helpCommand("help [command]", "display help for command");
  return program;
}

function afterGrace(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const wait = () => setTimeout(() => resolve(undefined), GRACE).unref();
    if (signal.aborted) wait();
    else signal.addEventListener("abort", wait, { once: true });
  });
}

function readVersion(): string {
  // The same place from `src` and from `dist`.
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
