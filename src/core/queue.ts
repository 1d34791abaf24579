const MOST_TOGETHER = 64;

/** Lets the tasks of one key run one after the other; those of different keys don't wait for each other. */
export class KeyedQueue<Member> {
  readonly #tails = new Map<string, Promise<unknown>>();
  /** Those that take their turn together: the last in line of their key. */
  readonly #groups = new Map<string, Member[]>();

  isBusy(key: string): boolean {
    return this.#tails.has(key);
  }

  /** Runs `task` when all earlier ones of `key` have ended, well or badly. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    this.#groups.delete(key);
    const before = this.#tails.get(key);
    const mine = before === undefined ? task() : before.then(task);
    // The next in line doesn't care how this one ended; its caller does, and gets `mine`.
    const tail = mine.then(ignore, ignore);
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** Runs `task` once for this member and all that join after it, until their turn comes or something else gets in line. */
  async join(key: string, member: Member, task: (group: Member[]) => Promise<void>): Promise<void> {
    const group = this.#groups.get(key);
    if (group !== undefined && group.length < MOST_TOGETHER) {
      group.push(member);
      return;
    }
    const members = [member];
    const running = this.run(key, () => {
      if (this.#groups.get(key) === members) this.#groups.delete(key);
      return task(members);
    });
    this.#groups.set(key, members);
    return running;
  }
}

function ignore(): void {}
