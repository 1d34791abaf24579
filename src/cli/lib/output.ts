import { styleText } from "node:util";
import { clean, cleanJson } from "../../inspect/clean.ts";
import type { Io } from "./io.ts";
import { Progress } from "./progress.ts";
import { redact } from "./redact.ts";
import { type Column, type Style, Table } from "./table.ts";

/**
 * Where a command prints. Results go to stdout, all else to stderr. What comes from the store goes through `table`, `json` or
 * `clean` (`text.ts`): never raw to a terminal.
 */
export class Output {
  /** `--json` was given: print `document`, or one `item` for each result, and nothing else to stdout. */
  readonly json: boolean;
  /** A person is looking at stdout. */
  readonly isTerminal: boolean;
  /** Whether anybody still reads: a listing stops when not (`dewar list | head`). */
  isOpen = true;
  readonly #io: Io;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.json = json;
    this.isTerminal = io.stdout.isTTY === true && !json;
    io.stdout.on("error", () => {
      this.isOpen = false;
    });
  }

  /** Columns of the terminal, or 80. */
  get width(): number {
    return this.#io.stdout.columns || 80;
  }

  /** Colours `text` where colours are shown and wanted. */
  style(style: Style, text: string): string {
    return this.isTerminal && wantsColours(this.#io) ? styleText(style, text, { validateStream: false }) : text;
  }

  /** One line of our own words. */
  line(text = ""): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** The one result of a command with `--json`. */
  document(value: unknown): Promise<void> {
    return this.write(`${cleanJson(JSON.stringify(value, undefined, 2))}\n`);
  }

  /** One of the results of a command with `--json`, in a line. */
  item(value: unknown): Promise<void> {
    return this.write(`${cleanJson(JSON.stringify(value))}\n`);
  }

  table(columns: readonly Column[]): Table {
    return new Table(columns, this, !this.isTerminal);
  }

  /** Something beside the results, on stderr. */
  note(text: string): void {
    this.#io.stderr.write(`${safe(text)}\n`);
  }

  /** The same, where a person reads it and no script would: hints. */
  hint(text: string): void {
    if (!this.#io.stderr.isTTY) return;
    const dim = wantsColours(this.#io) ? styleText("dim", safe(text), { validateStream: false }) : safe(text);
    this.#io.stderr.write(`${dim}\n`);
  }

  /** `label` says what is counted: "sessions read". Call its `end` in a `finally`. */
  progress(label: string, total?: number): Progress {
    return new Progress(this.#io.stderr, label, total);
  }

  /** Waits for a slow reader, so that no listing piles up in memory. */
  async write(text: string): Promise<void> {
    const { stdout } = this.#io;
    if (!this.isOpen || stdout.write(text) || !this.isOpen) return;
    await new Promise<void>((resolve) => {
      const events = ["drain", "error", "close"] as const;
      const done = () => {
        for (const event of events) stdout.off(event, done);
        resolve();
      };
      for (const event of events) stdout.on(event, done);
    });
  }
}

/** Without credentials, and without what a terminal would obey. */
export function safe(text: string): string {
  return redact(text).split("\n").map(clean).join("\n");
}

/** https://no-color.org, and FORCE_COLOR as Node reads it. */
export function wantsColours({ env }: Pick<Io, "env">): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] !== undefined) return env["FORCE_COLOR"] !== "0";
  return env["TERM"] !== "dumb";
}
