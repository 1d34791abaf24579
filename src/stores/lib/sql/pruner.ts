import { warnOfPruning } from "../prune-warning.ts";

/** Milliseconds: what restarts often prunes too. */
const FIRST_WITHIN = 60_000;

/** Milliseconds: `setTimeout` takes more for none at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Prunes from time to time, in the background, without keeping the process alive. */
export class Pruner {
  readonly #every: number;
  readonly #prune: () => Promise<unknown>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** `every`: milliseconds. */
  constructor(every: number, prune: () => Promise<unknown>) {
    this.#every = every;
    this.#prune = prune;
  }

  /** Can be called again. */
  start(): void {
    // Random, so that processes that start together don't meet each time.
    if (this.#timer === undefined) this.#schedule((0.5 + Math.random() / 2) * Math.min(FIRST_WITHIN, this.#every));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#run(), Math.min(delay, LONGEST_TIMER));
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    try {
      await this.#prune();
    } catch (error) {
      if (!this.#stopped) warnOfPruning(error);
    }
    this.#schedule(this.#every);
  }
}
