import type { Recorder } from "./history.ts";
import type { Operation } from "./operation.ts";
import type { Random } from "./random.ts";

/** One of the requests that a process has in flight: it does one thing after the other. */
export class Slot {
  /** Its number among those of all processes. */
  readonly number: number;
  readonly random: Random;
  readonly now: () => number;
  /** The key that it alone writes, and the last value that it wrote. */
  readonly key: string;
  serial = 0;
  readonly #recorder: Recorder;

  constructor(number: number, random: Random, now: () => number, recorder: Recorder) {
    this.number = number;
    this.random = random;
    this.now = now;
    this.key = `k${number}`;
    this.#recorder = recorder;
  }

  record(operation: Operation): void {
    this.#recorder.record(operation);
  }
}
