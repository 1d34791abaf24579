import { gate } from "../../core/lib/stores.ts";

/** Before a call is sent, or after it was carried out and before its answer arrives. */
export type When = "before" | "after";

/** A call that is held. */
export interface Halt {
  reached: Promise<void>;
  release(): void;
}

interface Event {
  nth: number;
  when: When;
  happen(): Promise<void>;
}

/** Counts the calls of one process or connection, and does something at exactly one of them. */
export class Points {
  #calls = 0;
  #event: Event | undefined;
  #barrier: Promise<void> | undefined;

  /** Holds the `nth` call from now on, counted from 0. What is sent later waits behind it. */
  halt(nth: number, when: When): Halt {
    const [reached, released] = [gate(), gate()];
    const happen = () => {
      reached.open();
      return released.opened;
    };
    this.#plan({ nth, when, happen });
    return { reached: reached.opened, release: released.open };
  }

  /** The process ends at the `nth` call from now on: that and all later ones reject. */
  crash(nth: number, when: When): void {
    const dead = () => Promise.reject(new Error("the process has ended"));
    this.#plan({
      nth,
      when,
      happen: () => {
        this.#barrier = dead();
        this.#barrier.catch(() => {}); // seen by those who call later, if anyone does
        return dead();
      },
    });
  }

  async at<T>(call: () => Promise<T>): Promise<T> {
    const event = this.#event?.nth === this.#calls++ ? this.#event : undefined;
    if (this.#barrier) await this.#barrier;
    if (event?.when === "before") {
      this.#barrier = event.happen();
      await this.#barrier;
    }
    const answer = await call();
    if (event?.when === "after") await event.happen();
    return answer;
  }

  #plan(event: Event): void {
    this.#calls = 0;
    this.#event = event;
    this.#barrier = undefined;
  }
}
