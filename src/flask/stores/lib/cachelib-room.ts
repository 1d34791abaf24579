import { batches } from "../../../stores/lib/file/in-order.ts";
import type { FileRecord } from "../../../stores/lib/file/layout.ts";
import type { CachelibCount } from "./cachelib-count.ts";
import type { CachelibFiles } from "./cachelib-files.ts";

const AT_ONCE = 16;

interface Candidate {
  name: string;
  expires: number;
}

/** What a write came to, and how many files there are more than before. */
export interface Written<Outcome> {
  outcome: Outcome;
  more: number;
}

/**
 * Keeps the number of files as cachelib does: are there more than the threshold before one is written, those that have ended go,
 * and if that isn't enough those that end soonest. So there is one more than the threshold at most.
 */
export class CachelibRoom {
  readonly #files: CachelibFiles;
  readonly #count: CachelibCount;
  /** 0: no limit, and no count. */
  readonly #threshold: number;
  /** The files that are being written, each as often as it is: nothing removes them. */
  readonly #written = new Map<string, number>();
  /** How many of these weren't there before. */
  #coming = 0;
  #counted: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(files: CachelibFiles, count: CachelibCount, threshold: number) {
    this.#files = files;
    this.#count = count;
    this.#threshold = threshold;
  }

  /** Counts the files when the first is to come or to go, as cachelib does when it starts. */
  begin(): Promise<void> {
    if (this.#threshold === 0) return Promise.resolve();
    this.#counted ??= this.#countAnew().catch((error: unknown) => {
      this.#counted = undefined;
      throw error;
    });
    return this.#counted;
  }

  /** Does `write` once there is room for it. */
  async admit<Outcome>(name: string, isNew: boolean, write: () => Promise<Written<Outcome>>): Promise<Outcome> {
    if (this.#threshold === 0) return (await write()).outcome;
    await this.begin();
    const coming = isNew ? 1 : 0;
    this.#coming += coming;
    this.#written.set(name, (this.#written.get(name) ?? 0) + 1);
    try {
      await this.#inTurn(() => this.#makeRoom());
      const { outcome, more } = await write();
      await this.#count.add(more);
      return outcome;
    } finally {
      this.#coming -= coming;
      this.#finish(name);
    }
  }

  /** Takes note that so many files were removed, since `begin`. */
  async noteRemoval(removed: number): Promise<void> {
    if (this.#threshold !== 0) await this.#count.add(-removed);
  }

  /** Removes a file, unless it has changed so that it is no longer `doomed`. */
  async removeIf(name: string, doomed: (record: FileRecord) => boolean): Promise<boolean> {
    const removed = await this.#files.locks.hold(name, () => {
      const record = this.#files.readNow(name);
      return record !== undefined && doomed(record) && this.#files.removeNow(name);
    });
    if (removed) await this.noteRemoval(1);
    return removed;
  }

  #finish(name: string): void {
    const others = (this.#written.get(name) ?? 1) - 1;
    if (others > 0) this.#written.set(name, others);
    else this.#written.delete(name);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {}); // told to whom it concerns, not to the next
    return done;
  }

  async #countAnew(): Promise<void> {
    let count = 0;
    for await (const _name of this.#files.names()) count++;
    await this.#count.set(count);
  }

  /** The coming write itself may be one too many. */
  #isOver(): boolean {
    return this.#count.get() + Math.max(0, this.#coming - 1) > this.#threshold;
  }

  async #makeRoom(): Promise<void> {
    if (!this.#isOver()) return;
    await this.#countAnew();
    if (!this.#isOver()) return;
    const candidates = await this.#survey();
    const now = Date.now();
    for (const candidate of candidates.filter(({ expires }) => expires <= now)) await this.#remove(candidate);
    for (const candidate of candidates.filter(({ expires }) => expires > now).sort(soonestFirst)) {
      if (!this.#isOver()) return;
      await this.#remove(candidate);
    }
  }

  async #survey(): Promise<Candidate[]> {
    const found: Candidate[] = [];
    const look = async (name: string) => {
      const record = await this.#files.read(name);
      if (record) found.push({ name, expires: record.expires });
    };
    for await (const names of batches(this.#files.names(), AT_ONCE)) await Promise.all(names.map(look));
    return found;
  }

  async #remove({ name, expires }: Candidate): Promise<void> {
    if (!this.#written.has(name)) await this.removeIf(name, (record) => record.expires === expires);
  }
}

/** To cachelib, what never ends comes first. */
function soonestFirst(one: Candidate, other: Candidate): number {
  return orderOf(one) - orderOf(other);
}

function orderOf({ expires }: Candidate): number {
  return expires === Number.POSITIVE_INFINITY ? 0 : expires;
}
