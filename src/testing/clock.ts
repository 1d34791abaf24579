import { type Duration, milliseconds } from "../core/duration.ts";

/** A clock that stands still until it is told to move. */
export interface SettableClock {
  /** Moves it to `time`, forwards or back. */
  set(time: Date): void;
  /** Moves it forwards: `"15m"`, or a number of seconds. */
  advance(duration: Duration): void;
  /** Gives the process its own clock back. */
  restore(): void;
}

/**
 * Stops the clock of this process, for tests of expiry: `Date.now()` and `new Date()` tell the time that was set, to
 * `dewar` and to all others. Timers run on; a server such as Redis keeps its own time.
 *
 * @example
 * ```ts
 * import { settableClock } from "dewar/testing";
 *
 * const clock = settableClock();
 * clock.advance("8d"); // every session has been idle for too long now
 * clock.restore();
 * ```
 */
export function settableClock(start: Date = new Date()): SettableClock {
  let time = start.getTime();
  const own = globalThis.Date;
  globalThis.Date = new Proxy(own, {
    construct: (date, args, target) => Reflect.construct(date, args.length === 0 ? [time] : args, target),
    get: (date, key, receiver) => (key === "now" ? () => time : Reflect.get(date, key, receiver)),
  });
  return {
    set: (to) => {
      time = to.getTime();
    },
    advance: (duration) => {
      time += milliseconds(duration, "duration");
    },
    restore: () => {
      globalThis.Date = own;
    },
  };
}
