import type { RedisCommandName } from "./redis-driver.ts";

/** What tells when a connection was lost: every client of both makes is an event emitter. */
export interface Emitter {
  on(event: string, listener: () => void): unknown;
}

const WRITES: ReadonlySet<RedisCommandName> = new Set<RedisCommandName>(["set", "del", "eval", "evalsha"]);

/** Whether a command may be done twice; of a script, its name doesn't tell. */
export function isReading(name: RedisCommandName): boolean {
  return !WRITES.has(name);
}

const watched = new WeakMap<Emitter, Losses>();

/**
 * How often a client lost a connection. Some clients then repeat by themselves what was under way: "it isn't there", or
 * "it has changed", may be the client's own doing, of the time before.
 */
export class Losses {
  #count = 0;

  /** Of a client that emits `event` when it loses a connection. However many stores it has, it is watched once. */
  static of(client: Emitter, event: string): Losses {
    const known = watched.get(client);
    if (known) return known;
    const losses = new Losses();
    client.on(event, () => {
      losses.#count++;
    });
    watched.set(client, losses);
    return losses;
  }

  /** To be called when a write is sent, and what is returned with its answer: it throws if that can't be relied on. */
  watch(): <T>(answer: T) => T {
    const before = this.#count;
    return (answer) => {
      if (this.#count === before) return answer;
      throw new Error("The connection to Redis was lost during a write, which the client may have repeated.");
    };
  }
}
