/** Lets all who wait at the same time share one call of `sync`, which begins after each of them asked. */
export class GroupSync {
  readonly #sync: (path: string) => Promise<void>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<void>>();

  constructor(sync: (path: string) => Promise<void>) {
    this.#sync = sync;
  }

  run(path: string): Promise<void> {
    const shared = this.#next.get(path);
    if (shared) return shared;
    const running = this.#running.get(path);
    if (!running) return this.#start(path);
    const next = running.catch(() => {}).then(() => this.#start(path)); // its fault is told to whom it concerns
    this.#next.set(path, next);
    return next;
  }

  #start(path: string): Promise<void> {
    this.#next.delete(path);
    const running = this.#sync(path).finally(() => {
      if (this.#running.get(path) === running) this.#running.delete(path);
    });
    this.#running.set(path, running);
    return running;
  }
}
