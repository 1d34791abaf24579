import type { SessionManager } from "../index.ts";
import { endEverything } from "./everything.ts";

/** How far an ending of many sessions has got. */
export interface Ending {
  readonly of: "everything" | "user";
  readonly startedAt: Date;
  /** How many have ended so far; of a user's, only known at the end. */
  ended: number;
  state: "going" | "done" | "failed";
}

/** The ending of many sessions, which goes on when the request that began it has been answered. One at a time. */
export class Endings {
  readonly #manager: SessionManager;
  #latest: Ending | undefined;
  #settled: Promise<void> = Promise.resolve();

  constructor(manager: SessionManager) {
    this.#manager = manager;
  }

  /** The one that is going on, or was the last. */
  get latest(): Ending | undefined {
    return this.#latest;
  }

  /** All whose user signed in, or that were made, before now; but `except`. Undefined while another ending goes on. */
  everything(except: string | undefined): Ending | undefined {
    return this.#start("everything", (ending) =>
      endEverything(this.#manager, { except, onEnded: () => ending.ended++ }),
    );
  }

  user(subject: string): Ending | undefined {
    return this.#start("user", async (ending) => {
      ending.ended = await this.#manager.revokeAll(subject);
    });
  }

  /** Resolves when it is through, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, milliseconds);
    await Promise.race([this.#settled, late.promise]);
    clearTimeout(timer);
  }

  #start(of: Ending["of"], run: (ending: Ending) => Promise<void>): Ending | undefined {
    if (this.#latest?.state === "going") return undefined;
    const ending: Ending = { of, startedAt: new Date(), ended: 0, state: "going" };
    this.#latest = ending;
    const settle = (state: Ending["state"]) => () => {
      ending.state = state;
    };
    // Why it failed, the manager's events tell.
    this.#settled = run(ending).then(settle("done"), settle("failed"));
    return ending;
  }
}
