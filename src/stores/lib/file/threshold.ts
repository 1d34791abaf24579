import { batches } from "./in-order.ts";
import type { Sessions } from "./sessions.ts";

interface Candidate {
  name: string;
  expires: number;
}

const AT_ONCE = 32;
const CANDIDATES = 1000;
/** Milliseconds: how old what is known of the directory may be. Counting takes a twentieth of the time at most. */
const FRESH = 1000;
const FRESH_FACTOR = 20;

/**
 * Keeps the number of sessions: before one too many is written, another goes, the one that ended, or ends, first. The number is
 * counted anew every second, and what this process does is added in between; what others did in that second is not.
 */
export class Threshold {
  readonly #sessions: Sessions;
  readonly #limit: number;
  /** Those that end soonest, in order: all that end before `#horizon`. */
  #soonest: Candidate[] = [];
  #horizon = Number.NEGATIVE_INFINITY;
  #stored = 0;
  #removed = 0;
  #freshUntil = 0;
  /** Those for which there is room, but which aren't written yet. */
  readonly #coming = new Set<string>();
  /** Those that were written since the last count began. */
  #arrived: Set<string> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(sessions: Sessions, limit: number) {
    this.#sessions = sessions;
    this.#limit = limit;
  }

  /** Does `write`, of a session that isn't there yet, once there is room for it. */
  async admit(name: string, expires: number, write: () => Promise<"ok" | "exists">): Promise<"ok" | "exists"> {
    if (this.#limit === Number.POSITIVE_INFINITY) return write();
    await this.#inTurn(() => this.#makeRoom(name));
    try {
      const outcome = await write();
      if (outcome === "ok") {
        this.#stored++;
        this.#arrived?.add(name);
        this.note(name, expires);
      }
      return outcome;
    } finally {
      this.#coming.delete(name);
    }
  }

  /** Takes note of when a session ends now. */
  note(name: string, expires: number): void {
    const known = this.#soonest.findIndex((other) => other.name === name);
    if (known !== -1) this.#soonest.splice(known, 1);
    if (expires >= this.#horizon) return;
    const place = this.#soonest.findIndex((other) => other.expires > expires);
    this.#soonest.splice(place === -1 ? this.#soonest.length : place, 0, { name, expires });
  }

  /** Takes note that sessions were removed. */
  noteRemoval(count = 1): void {
    this.#stored -= count;
    this.#removed += count;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {}); // told to whom it concerns, not to the next
    return done;
  }

  async #makeRoom(name: string): Promise<void> {
    if (performance.now() >= this.#freshUntil) await this.#count();
    this.#coming.add(name);
    try {
      while (this.#isTooMany() && (await this.#removeOne()));
    } catch (error) {
      this.#coming.delete(name);
      throw error;
    }
  }

  /** Removes the one that ends first; false if there is none left to remove. */
  async #removeOne(): Promise<boolean> {
    if (this.#soonest.length === 0) {
      await this.#survey();
      if (!this.#isTooMany()) return false;
    }
    const candidate = this.#soonest.shift();
    if (!candidate) return false;
    if (this.#coming.has(candidate.name)) return true;
    const unchanged = ({ expires }: { expires: number }) => expires === candidate.expires;
    if (await this.#sessions.removeIf(candidate.name, unchanged)) this.noteRemoval();
    return true;
  }

  #isTooMany(): boolean {
    return this.#stored + this.#coming.size > this.#limit;
  }

  async #count(): Promise<void> {
    await this.#goThrough(async (names) => names.length);
  }

  /** Counts, and finds those that end soonest. */
  async #survey(): Promise<void> {
    let found: Candidate[] = [];
    this.#horizon = Number.POSITIVE_INFINITY;
    const keepSoonest = () => {
      found.sort((one, other) => one.expires - other.expires);
      if (found.length <= CANDIDATES) return;
      found = found.slice(0, CANDIDATES);
      this.#horizon = found.at(-1)?.expires ?? this.#horizon;
    };
    const look = async (name: string) => {
      const record = await this.#sessions.read(name);
      // What another program wrote in a session's place isn't ours to remove.
      if (!record?.owner) return false;
      if (record.expires < this.#horizon) found.push({ name, expires: record.expires });
      if (found.length >= 2 * CANDIDATES) keepSoonest();
      return true;
    };
    await this.#goThrough(async (names) => (await Promise.all(names.map(look))).filter(Boolean).length);
    keepSoonest();
    this.#soonest = found;
  }

  /** `look` tells how many of these are sessions. */
  async #goThrough(look: (names: string[]) => Promise<number>): Promise<void> {
    const start = performance.now();
    const removedBefore = this.#removed;
    const arrived = new Set<string>();
    this.#arrived = arrived;
    let others = 0;
    for await (const batch of batches(this.#sessions.lists.entries(), AT_ONCE)) {
      const names = batch.map(({ name }) => name).filter((name) => !this.#coming.has(name) && !arrived.has(name));
      others += await look(names);
    }
    // What went meanwhile was perhaps counted. Better one too many stays than that a session goes without need.
    this.#stored = others + arrived.size - (this.#removed - removedBefore);
    const now = performance.now();
    this.#freshUntil = now + Math.max(FRESH, FRESH_FACTOR * (now - start));
  }
}
