import { count } from "../../inspect/words.ts";
import type { OutStream } from "./io.ts";

/** Milliseconds after which somebody who waits wants to know. */
const SILENCE = 2000;
const ON_TERMINAL = 200;
const IN_LOG = 10_000;

/**
 * Tells on stderr how far something is, once it has taken two seconds: on a terminal in one line that is written over and
 * goes away at the end, else in a plain line now and then.
 */
export class Progress {
  readonly #stream: OutStream;
  readonly #label: string;
  readonly #total: number | undefined;
  #next = Date.now() + SILENCE;
  #shown = false;
  #done = 0;

  /** `label` says what is counted: "sessions read". */
  constructor(stream: OutStream, label: string, total?: number) {
    this.#stream = stream;
    this.#label = label;
    this.#total = total;
  }

  get done(): number {
    return this.#done;
  }

  /** Counts on. Cheap enough to be called for each session. */
  add(by = 1): void {
    this.#done += by;
    if (Date.now() >= this.#next) this.#show();
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown && this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }

  #show(): void {
    const terminal = this.#stream.isTTY === true;
    this.#next = Date.now() + (terminal ? ON_TERMINAL : IN_LOG);
    this.#shown = true;
    const share = this.#total ? ` of ${count(this.#total)} (${Math.floor((100 * this.#done) / this.#total)} %)` : "";
    const text = `${count(this.#done)}${share} ${this.#label} …`;
    this.#stream.write(terminal ? `\r\u001b[K${text}` : `dewar: ${text}\n`);
  }
}
