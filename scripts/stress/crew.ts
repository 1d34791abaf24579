import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { History } from "./history.ts";
import type { Assignment, FromWorker, Seat, Tally, ToWorker } from "./messages.ts";
import type { Phase } from "./phases.ts";

const COMPILED = fileURLToPath(new URL("../../.cache/compiled", import.meta.url));
const WORKER = new URL("worker.ts", import.meta.url);

/** A phase as the crew is to carry it out. */
export interface Orders {
  phase: Phase;
  index: number;
  operations: number;
  lasting: string[];
  seats: Seat[];
}

/** The processes of the storm, and the news that goes between them. */
export class Crew {
  readonly #workers: ChildProcess[];
  readonly #history: History;
  readonly #seen: (seat: Seat) => void;
  #seats: Seat[] = [];
  #news: Seat[] = [];
  #tallies: Tally[] = [];
  #ready = 0;
  #advance: () => void = () => {};
  /** Rejects when they can't go on. */
  readonly #broken: PromiseWithResolvers<never> = Promise.withResolvers();

  /** `seen` is told of every token that was handed out. */
  constructor(assignment: Omit<Assignment, "worker">, workers: number, history: History, seen: (seat: Seat) => void) {
    this.#history = history;
    this.#seen = seen;
    // All compile the same modules: once is enough.
    const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED };
    this.#workers = Array.from({ length: workers }, (_, worker) => {
      const args = [JSON.stringify({ ...assignment, worker } satisfies Assignment)];
      return fork(WORKER, args, { execArgv: ["--no-warnings"], env, serialization: "advanced" });
    });
    // Whoever waits for a step hears of it; between two steps nobody does.
    this.#broken.promise.catch(() => {});
    for (const worker of this.#workers) {
      worker.on("message", (message: FromWorker) => this.#hear(message));
      worker.once("exit", (code, signal) => {
        this.#broken.reject(new Error(`a process of the storm ended by itself (${signal ?? `code ${code}`})`));
      });
    }
  }

  /** Resolves when all of them have opened the store. */
  async assemble(): Promise<void> {
    await this.#until(() => this.#ready === this.#workers.length);
  }

  /** Has all of them carry out a phase, together from its start to its end. */
  async carryOut({ operations, ...orders }: Orders): Promise<Tally[]> {
    this.#seats = [...orders.seats];
    this.#tallies = [];
    const each = Math.ceil(operations / this.#workers.length);
    for (const worker of this.#workers) send(worker, { type: "phase", ...orders, operations: each });
    await this.#until(() => this.#tallies.length === this.#workers.length);
    return this.#tallies;
  }

  /** Resolves when all of them are gone. */
  async dismiss(): Promise<void> {
    const exits = this.#workers.map((worker) => once(worker, "exit"));
    for (const worker of this.#workers) send(worker, { type: "end" });
    await Promise.all(exits);
  }

  giveUp(why: Error): void {
    this.#broken.reject(why);
    this.end();
  }

  /** Ends those that are still there, in whatever state. */
  end(): void {
    for (const worker of this.#workers) worker.kill("SIGKILL");
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case "ready":
        this.#ready++;
        break;
      case "history":
        this.#history.add(message.batch);
        break;
      case "seated":
        for (const seat of message.seats) this.#sit(seat);
        break;
      case "vacant":
        this.#fill(message);
        break;
      case "done":
        this.#tallies.push(message.tally);
    }
    this.#advance();
  }

  /** All hear of it in the same order, so that all agree on who sits where. */
  #sit(seat: Seat): void {
    this.#seen(seat);
    this.#seats[seat.seat] = seat;
    if (this.#news.push(seat) > 1) return;
    setImmediate(() => {
      for (const worker of this.#workers) send(worker, { type: "seated", seats: this.#news });
      this.#news = [];
    });
  }

  /** Several may find the same one dead: one is to bring the next. */
  #fill({ seat, token }: { seat: number; token: string }): void {
    const sitting = this.#seats[seat];
    if (sitting?.token !== token) return;
    this.#seats[seat] = { ...sitting, token: "" };
    const worker = this.#workers[seat % this.#workers.length];
    if (worker) send(worker, { type: "vacant", seat });
  }

  #until(isSo: () => boolean): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#advance = () => isSo() && resolve();
      this.#advance();
    });
    return Promise.race([reached, this.#broken.promise]);
  }
}

function send(worker: ChildProcess, message: ToWorker): void {
  // To one that is just leaving; one that ended by itself is noticed by its exit.
  if (worker.connected) worker.send(message, () => {});
}
