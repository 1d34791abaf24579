/** Milliseconds: a migration that takes longer is counted again by hand. */
const SOON = 86_400_000;

/** What became of the sessions of a migration. */
export class Tally {
  /** Read at the source. */
  seen = 0;
  copied = 0;
  /** At the target before, and left as they are. */
  there = 0;
  /** With `--again`: changed at the source since they were copied. */
  updated = 0;
  /** Ended at the source, or empty, so they weren't copied. */
  ended = 0;
  /** With `--again`: ended at the target, as they have at the source. */
  followed = 0;
  /** Removed at the source after they had been copied. */
  removed = 0;
  /** When sessions that were moved end, of those that end soon: they may be missing when all are counted. */
  readonly #ends: number[] = [];
  /** By the reason why they couldn't be copied. */
  readonly notMoved: Map<string, number> = new Map();

  refuse(reason: string): void {
    this.notMoved.set(reason, (this.notMoved.get(reason) ?? 0) + 1);
  }

  /** Notes a session that is at the target now. */
  note(outcome: "copied" | "there" | "updated", expiresAt: Date): void {
    this[outcome]++;
    if (expiresAt.getTime() < Date.now() + SOON) this.#ends.push(expiresAt.getTime());
  }

  get refused(): number {
    return [...this.notMoved.values()].reduce((sum, number) => sum + number, 0);
  }

  get moved(): number {
    return this.copied + this.there + this.updated;
  }

  /** How many of them must still be at the target. */
  mustLive(now: number = Date.now()): number {
    return this.moved - this.#ends.filter((end) => end <= now).length;
  }
}
