import { decode, encode, type Operation } from "./operation.ts";

/** Some operations, as `encode` writes them, and how many. */
export interface Batch {
  numbers: Float64Array;
  size: number;
}

const BATCH = 4096;

/** Collects what one process did, and sends it off in batches. */
export class Recorder {
  readonly #send: (batch: Batch) => void;
  #numbers: number[] = [];
  #size = 0;

  constructor(send: (batch: Batch) => void) {
    this.#send = send;
  }

  record(operation: Operation): void {
    this.#numbers.push(...encode(operation));
    this.#size++;
    if (this.#numbers.length >= BATCH) this.flush();
  }

  flush(): void {
    this.#send({ numbers: Float64Array.from(this.#numbers), size: this.#size });
    this.#numbers = [];
    this.#size = 0;
  }
}

/** What all processes did, as numbers. */
export class History implements Iterable<Operation> {
  readonly #batches: Float64Array[] = [];
  size = 0;

  add({ numbers, size }: Batch): void {
    this.#batches.push(numbers);
    this.size += size;
  }

  *[Symbol.iterator](): Iterator<Operation> {
    for (const batch of this.#batches) yield* decode(batch);
  }
}
