import { setImmediate as nextTurn } from "node:timers/promises";
import type { SessionInfo, SessionManager } from "../index.ts";

/** How far an ending of many sessions has got. */
export interface Ending {
  readonly of: "everything" | "user";
  readonly startedAt: Date;
  /** How many have ended so far; of a user's, only known at the end. */
  ended: number;
  state: "going" | "done" | "failed";
}

/** Sessions that are ended at once. */
const ABREAST = 16;
/** The clocks of an application's machines differ, by so many milliseconds at the most. */
const CLOCKS = 5000;
/** Who signs in without pause could keep it busy for ever. */
const MOST_PASSES = 10;

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
    return this.#start("everything", (ending) => endEverything(this.#manager, ending, except));
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

/** In passes, until one ends nothing: a session that moved to a new token meanwhile may stand where this one has been. */
async function endEverything(manager: SessionManager, ending: Ending, except: string | undefined): Promise<void> {
  const begun = ending.startedAt.getTime() + CLOCKS;
  const isMeant = ({ id, createdAt, authenticatedAt = createdAt }: SessionInfo) =>
    id !== except && !(authenticatedAt && authenticatedAt.getTime() > begun);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const before = ending.ended;
    let batch: SessionInfo[] = [];
    const endBatch = async () => {
      const ended = await Promise.all(batch.map(({ id }) => manager.revoke(id)));
      ending.ended += ended.filter(Boolean).length;
      batch = [];
      await nextTurn();
    };
    for await (const info of manager.list({ order: "any" })) {
      if (isMeant(info)) batch.push(info);
      if (batch.length >= ABREAST) await endBatch();
    }
    await endBatch();
    if (ending.ended === before) return;
  }
  throw new Error("Sessions kept moving.");
}
