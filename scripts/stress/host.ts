import type { Store } from "../../src/index.ts";
import type { Recorder } from "./history.ts";
import type { Seat } from "./messages.ts";
import { Mortal } from "./mortal.ts";
import { numberIn, type Phase, subjectsOf } from "./phases.ts";
import { Random } from "./random.ts";
import { Seats } from "./seats.ts";
import { Slot } from "./slot.ts";
import { numberOf, publicIdOf } from "./token.ts";
import { dataOf, Visitor } from "./visitor.ts";

const AT_ONCE = 16;
/** Seconds. Nobody waits for the host: a store that stands still for a while has lost nothing. */
const STORE_TIMEOUT = 60;

/** What is done before each phase and after the last, while nobody else writes: sessions to begin with, and a look at what is left. */
export class Host {
  readonly #store: Store;
  readonly #visitor: Visitor;
  readonly #slot: Slot;
  /** The tokens of lasting sessions, by phase. */
  readonly #lasting = new Map<number, string[]>();

  constructor(store: Store, recorder: Recorder, now: () => number, seed: number) {
    this.#store = store;
    this.#visitor = new Visitor(store, STORE_TIMEOUT);
    this.#slot = new Slot(-1, new Random(seed), now, recorder);
  }

  /** The sessions that a phase starts with. */
  async prepare(phase: Phase, index: number): Promise<{ lasting: string[]; seats: Seat[] }> {
    const places = Array.from({ length: phase.sessions }, (_, place) => place);
    const lasting: string[] = [];
    const seats: Seat[] = [];
    if (phase.kind === "lasting") {
      await forAll(places, async (place) => {
        const { token } = await this.#visitor.visit(undefined, (session) => {
          dataOf(session)["count"] = 0;
        });
        if (token === undefined) throw this.#failure();
        lasting[place] = token;
      });
      this.#lasting.set(index, lasting);
    } else {
      const mortal = this.#mortal(phase, index, (seat) => {
        seats[seat.seat] = seat;
      });
      await forAll(places, async (place) => {
        await mortal.login(this.#slot, place, undefined, numberIn(index, place % subjectsOf(phase)));
        if (seats[place] === undefined) throw this.#failure();
      });
    }
    return { lasting, seats };
  }

  /** Looks at every session that there ever was, and at every user's list. */
  async inspect(phases: readonly Phase[], tokens: ReadonlyMap<string, number>): Promise<void> {
    for (const [index, phase] of phases.entries()) {
      if (phase.kind === "lasting") await this.#inspectLasting(index);
      else if (this.#store.list !== undefined) await this.#inspectLists(phase, index);
    }
    await forAll([...tokens], async ([token, subject]) => {
      const start = this.#slot.now();
      const { outcome, live } = await this.#visitor.visit(token, () => {});
      const about = { token: numberOf(publicIdOf(token)), live: Number(live), subject, born: 0 };
      this.#slot.record({ kind: "read", ...about, start, end: this.#slot.now(), outcome });
    });
    if (Object.keys(this.#visitor.faults).length > 0) throw this.#failure();
  }

  async #inspectLasting(index: number): Promise<void> {
    const { now } = this.#slot;
    await forAll([...(this.#lasting.get(index) ?? []).entries()], async ([place, token]) => {
      const session = numberIn(index, place);
      const start = now();
      await this.#visitor.visit(token, (opened) => {
        const outcome = opened.isNew ? "ended" : "done";
        const { count = 0, ...keys } = dataOf(opened);
        this.#slot.record({ kind: "look", session, value: count, start, end: now(), outcome });
        for (const [name, seen = 0] of Object.entries(keys)) {
          const key = Number(name.slice(1));
          this.#slot.record({ kind: "found", session, key, seen, value: seen, start, end: now(), outcome });
        }
      });
    });
  }

  async #inspectLists(phase: Phase, index: number): Promise<void> {
    const mortal = this.#mortal(phase, index, () => {});
    const subjects = Array.from({ length: subjectsOf(phase) }, (_, subject) => numberIn(index, subject));
    await forAll(subjects, (subject) => mortal.list("listAtRest", this.#slot, subject));
  }

  #failure(): Error {
    return new Error("the store failed while nobody else wrote", { cause: this.#visitor.lastFault });
  }

  #mortal(phase: Phase, index: number, seated: (seat: Seat) => void): Mortal {
    return new Mortal(phase, index, this.#visitor, new Seats([]), { seated, vacant: () => {} }, true);
  }
}

async function forAll<T>(items: T[], task: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await task(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
