/** Milliseconds between two looks. */
export const HEARTBEAT = 5000;

/** Looks after a connection again and again, from when it was made until it is closed. */
export class Watch {
  readonly #look: (isOver: () => boolean) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** `look` asks, after all that it waits for, whether the connection was closed meanwhile. */
  constructor(look: (isOver: () => boolean) => Promise<void>) {
    this.#look = look;
  }

  start(): void {
    this.#timer = setTimeout(async () => {
      await this.#look(() => this.#isOver);
      if (!this.#isOver) this.start();
    }, HEARTBEAT).unref();
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
