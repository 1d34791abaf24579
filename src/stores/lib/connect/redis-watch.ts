import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two questions whether a connection lives, and how long an answer may take. */
export const HEARTBEAT = 5000;

/** What can be closed, and connected again. */
export interface Renewable {
  connect(): Promise<unknown>;
  ping(): Promise<unknown>;
  destroy(): unknown;
}

/** A host that is gone doesn't say so: by itself the client would wait for its answers for a quarter of an hour. */
export class RedisWatch {
  readonly #client: Renewable;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Renewable) {
    this.#client = client;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#renewIfMute(), HEARTBEAT).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renewIfMute(): Promise<void> {
    const answered = this.#client.ping().then(isAnswer, isAnswer);
    // The turn after: it may be us who were too busy to look.
    const late = sleep(HEARTBEAT, false, { ref: false }).then(() => nextTurn(false));
    if (await Promise.race([answered, late])) return;
    await this.#client.destroy();
    if (this.#timer === undefined) return;
    // It goes on trying; where it gives up, the next question finds that.
    await this.#client.connect().catch(() => {});
  }
}

/** Of an error, too: then the client knows. */
function isAnswer(): boolean {
  return true;
}
