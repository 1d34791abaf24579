import { setTimeout } from "node:timers/promises";
import type { SessionManager } from "../../index.ts";
import type { Estimate } from "./estimate.ts";
import { type Sample, takeSample } from "./sample.ts";

/** How the store looked at some time. */
export interface Moment {
  at: Date;
  sessions: Estimate;
  users: Estimate | undefined;
}

/** Milliseconds: how long a sample serves, and how far apart the moments of the series are. */
const FRESH = 60_000;
const STEP = 300_000;
/** Milliseconds that a request waits for a new sample while there is an old one. */
const PATIENCE = 500;
/** A day of them. */
const MOST_MOMENTS = 288;
/** Of the page lying unused, in milliseconds: then nobody counts any more. */
const IDLE = 86_400_000;

/** Samples of the store: one at a time, not more often than once a minute, and the course of the last day. */
export class Census {
  readonly #manager: SessionManager;
  readonly #moments: Moment[] = [];
  #sample: Sample | undefined;
  #pending: Promise<Sample> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastUse = 0;

  constructor(manager: SessionManager) {
    this.#manager = manager;
  }

  /** In order of time; begins with the first use of the page. */
  get moments(): readonly Moment[] {
    return this.#moments;
  }

  /** The latest sample, a new one if that is old and one is to be had soon. Rejects as `manager.list` does. */
  async current(): Promise<Sample> {
    this.#lastUse = Date.now();
    this.#timer ??= setInterval(() => this.#tick(), STEP).unref();
    const known = this.#sample;
    if (known === undefined) return this.#take();
    if (Date.now() - known.takenAt.getTime() < FRESH) return known;
    const taken = this.#take();
    // Its fault is the next one's to tell.
    taken.catch(() => {});
    return Promise.race([taken, setTimeout(PATIENCE, known, { ref: false })]);
  }

  /** What is known is old now: sessions were ended. */
  forget(): void {
    this.#sample = undefined;
  }

  #tick(): void {
    if (Date.now() - this.#lastUse < IDLE) {
      // The manager tells of a fault in its events.
      this.#take().catch(() => {});
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #take(): Promise<Sample> {
    this.#pending ??= takeSample(this.#manager)
      .then((sample) => {
        this.#note(sample);
        this.#sample = sample;
        return sample;
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  #note({ takenAt, sessions, users }: Sample): void {
    if (sessions === undefined) return;
    const last = this.#moments.at(-1);
    // Timers are late or early by a little, and the next moment isn't to be left out for it.
    const isSame = last !== undefined && takenAt.getTime() - last.at.getTime() < STEP * 0.9;
    if (isSame) this.#moments.pop();
    this.#moments.push({ at: isSame ? last.at : takenAt, sessions, users });
    if (this.#moments.length > MOST_MOMENTS) this.#moments.shift();
  }
}
