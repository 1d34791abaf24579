import { type Command, Option } from "commander";
import type { Store } from "../../store.ts";
import { duration } from "./arguments.ts";
import { confirm } from "./confirm.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { Output } from "./output.ts";
import { openSource, openStore, type Source, type SourceOptions } from "./source.ts";

/**
 * How a command is written: a file `commands/NAME.ts` exports one of these, and `program.ts` lists it.
 *
 * ```
 * export const list: AddCommand = (program, act) => {
 *   const command = program
 *     .command("list")
 *     .description("Lists the sessions that live")
 *     .option("--user <user>", "only those of this user");
 *   withStore(withJson(command));                    // --store and its like; --json
 *   withExamples(command, [["dewar list --user 42", "the sessions of one user"]]);
 *   command.action(act<{ user?: string }>(async (context, options, args) => { … }));
 * };
 * ```
 *
 * The body gets a `Context`: print with `context.out`, open the sessions with `context.source()`, ask with
 * `context.confirm()`, and look at `context.signal` in each loop. It resolves to an exit code, or nothing for 0, or throws
 * `usage`, `refused` or `failed` (`exit.ts`), or whatever the store throws: that is printed as one line. What the context
 * opened it closes. When the signal is aborted, the body has three seconds to come to a clean end.
 */
export type AddCommand = (program: Command, act: Act) => void;

/** `args` are the arguments beside the options, flat. */
type Body<Options> = (context: Context, options: Options, args: string[]) => Promise<number | undefined>;

/** Makes a body what commander calls. */
export type Act = <Options>(body: Body<Options>) => (...given: unknown[]) => Promise<void>;

/** What a command works with. */
export class Context {
  readonly io: Io;
  readonly out: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly #options: SourceOptions & { yes?: boolean };
  readonly #opened: { close?(): Promise<void> }[] = [];

  constructor(io: Io, options: SourceOptions & { json?: boolean; yes?: boolean }) {
    this.io = io;
    this.signal = io.signal;
    this.out = new Output(io, options.json === true);
    this.#options = options;
  }

  /** The sessions that `--store`, `--config` or the environment name. Call it once. */
  async source(): Promise<Source> {
    const source = await openSource(this.#options, this.io, (text) => this.out.hint(text));
    this.#opened.push(source.manager);
    return source;
  }

  /** Another store, by its URL. */
  async connect(url: string): Promise<Store> {
    const store = await openStore(url);
    this.#opened.push(store);
    return store;
  }

  /** Whether to do it: yes with `--yes`, else as is answered. */
  confirm(question: string): Promise<boolean> {
    return this.#options.yes ? Promise.resolve(true) : confirm(this.io, question);
  }

  /** Whether there is a reason to stop: Ctrl-C, or nobody who reads. */
  get isOver(): boolean {
    return this.signal.aborted || !this.out.isOpen;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.map((one) => one.close?.()));
  }
}

/** `--store`, `--config`, and what a URL doesn't tell. */
export function withStore(command: Command): Command {
  return command
    .optionsGroup("Which store:")
    .option("--store <url>", "its URL, as connectStore takes it (or DEWAR_STORE in the environment)")
    .option("--config <file>", "a module that exports the application's manager (found by itself: dewar.config.ts)")
    .addOption(
      new Option("--lifetime <span>", "with --store: the application's lifetime, if the end is to be shown").argParser(
        duration,
      ),
    )
    .addOption(
      new Option("--idle-timeout <span>", "with --store: the application's idleTimeout, if it isn't \"7d\"").argParser(
        duration,
      ),
    );
}

/** `--json`. `what` says whether it is a document or lines. */
export function withJson(command: Command, what = "prints one JSON document"): Command {
  return command.optionsGroup("Output:").option("--json", what);
}

/** `--yes`. */
export function withYes(command: Command): Command {
  return command.option("-y, --yes", "doesn't ask");
}

/** Command lines, each with what it does. */
export function withExamples(command: Command, examples: readonly (readonly [line: string, what: string])[]): Command {
  const lines = examples.map(([line, what]) => `  $ ${line}\n      ${what}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** What commander is told to exit with. */
export const EXIT_CODES: string = [
  "Exit codes:",
  `  ${EXIT.done}    done`,
  `  ${EXIT.failed}    the store or the system failed`,
  `  ${EXIT.usage}    the command line was wrong, or a question had nobody to answer it`,
  `  ${EXIT.refused}    not found, or refused: no such session, a cookie that doesn't verify, a no`,
  `  ${EXIT.interrupted}  interrupted by Ctrl-C`,
].join("\n");
