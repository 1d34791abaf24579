/** Lets the tasks of one key run one after the other; those of different keys don't wait for each other. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `task` when all earlier ones of `key` have ended, well or badly. `waited`: there was one. */
  async run<T>(key: string, task: (waited: boolean) => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const mine = before === undefined ? task(false) : before.then(() => task(true));
    // The next in line doesn't care how this one ended; its caller does, and gets `mine`.
    const tail = mine.then(ignore, ignore);
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}

function ignore(): void {}
