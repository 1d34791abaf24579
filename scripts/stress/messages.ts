import type { Batch } from "./history.ts";
import type { Phase } from "./phases.ts";

/** What a process of the storm is told at its start. */
export interface Assignment {
  url: string;
  worker: number;
  /** Requests in flight. */
  slots: number;
  seed: number;
  /** Where the clock starts: nanoseconds, as text. */
  epoch: string;
  /** Seconds. */
  storeTimeout: number;
  through?: Through;
}

/** A function that gives the store to use instead of the real one: a broken one, for the test of this test. */
export interface Through {
  module: string;
  name: string;
}

/** One place among the mortal sessions of a phase, and who sits there now. */
export interface Seat {
  seat: number;
  token: string;
  subject: number;
}

export type ToWorker =
  | { type: "phase"; phase: Phase; index: number; operations: number; lasting: string[]; seats: Seat[] }
  | { type: "seated"; seats: Seat[] }
  /** The session there has ended; whoever is told brings the next. */
  | { type: "vacant"; seat: number }
  | { type: "end" };

export type FromWorker =
  | { type: "ready" }
  | { type: "history"; batch: Batch }
  | { type: "seated"; seats: Seat[] }
  | { type: "vacant"; seat: number; token: string }
  | { type: "done"; tally: Tally };

/** What happened inside the manager of one process in one phase. */
export interface Tally {
  operations: number;
  /** How often a write met another's and was tried again. */
  retries: number;
  /** Calls that failed or came too late, by what they were for. */
  faults: Record<string, number>;
}
