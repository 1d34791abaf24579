import type { Seat } from "./messages.ts";
import type { Random } from "./random.ts";

const MOST_PAST = 256;

/** What one process knows of the mortal sessions: who sits where, who sat there before, and which seats it is to fill. */
export class Seats {
  readonly #seats: Seat[];
  readonly #past: Seat[] = [];
  readonly #vacant: number[] = [];

  constructor(seats: Seat[]) {
    this.#seats = [...seats];
  }

  any(random: Random): Seat {
    return this.#seats[random.below(this.#seats.length)] as Seat;
  }

  /** Somebody who sat somewhere before; who sits there now, as long as there is nobody. */
  anyPast(random: Random): Seat {
    return this.#past[random.below(this.#past.length)] ?? this.any(random);
  }

  sit(next: Seat): void {
    const before = this.#seats[next.seat];
    this.#seats[next.seat] = next;
    if (before === undefined) return;
    this.#past.push(before);
    if (this.#past.length > MOST_PAST) this.#past.shift();
  }

  /** Whether this is still who sits there, as far as is known. */
  holds({ seat, token }: Seat): boolean {
    return this.#seats[seat]?.token === token;
  }

  vacate(seat: number): void {
    this.#vacant.push(seat);
  }

  /** A seat that this process is to fill, once. */
  takeVacant(): number | undefined {
    return this.#vacant.pop();
  }
}
