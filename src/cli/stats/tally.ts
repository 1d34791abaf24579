import type { SessionInfo } from "../../core/manager.ts";
import { lastUseOf, sizeOf } from "../lib/sessions.ts";
import type { Source } from "../lib/source.ts";
import { type Bar, Histogram } from "./histogram.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TIMES = [
  [HOUR / 4, "below 15 min"],
  [HOUR, "15 min to 1 h"],
  [6 * HOUR, "1 to 6 h"],
  [DAY, "6 to 24 h"],
  [3 * DAY, "1 to 3 days"],
  [7 * DAY, "3 to 7 days"],
  [14 * DAY, "7 to 14 days"],
  [30 * DAY, "14 to 30 days"],
] as const;
const KIB = 1024;
const SIZES = [
  [KIB / 8, "below 128 B"],
  [KIB / 2, "128 to 512 B"],
  [KIB, "512 B to 1 KiB"],
  [2 * KIB, "1 to 2 KiB"],
  [4 * KIB, "2 to 4 KiB"],
  [8 * KIB, "4 to 8 KiB"],
  [16 * KIB, "8 to 16 KiB"],
  [32 * KIB, "16 to 32 KiB"],
] as const;

export const MOST_USERS = 10;

/** What one pass over all sessions tells. Keeps the names of all users, and nothing else of a session. */
export class Tally {
  readonly #source: Source;
  readonly #now = Date.now();
  readonly #perUser = new Map<string, number>();
  readonly #age = new Histogram(TIMES, "30 days and more");
  readonly #use = new Histogram(TIMES, "30 days and more");
  readonly #size = new Histogram(SIZES, "32 KiB and more");
  sessions = 0;
  anonymous = 0;
  bytes = 0;
  largest = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  add(info: SessionInfo): void {
    this.sessions++;
    if (info.subject === undefined) this.anonymous++;
    else this.#perUser.set(info.subject, (this.#perUser.get(info.subject) ?? 0) + 1);
    if (info.createdAt !== undefined) this.#age.add(this.#now - info.createdAt.getTime());
    const used = lastUseOf(info, this.#source);
    if (used !== undefined) this.#use.add(this.#now - used.getTime());
    const size = sizeOf(info);
    this.#size.add(size);
    this.bytes += size;
    this.largest = Math.max(this.largest, size);
  }

  get users(): number {
    return this.#perUser.size;
  }

  /** Who has the most sessions. */
  get topUsers(): { user: string; sessions: number }[] {
    const sorted = [...this.#perUser].sort(([, a], [, b]) => b - a).slice(0, MOST_USERS);
    return sorted.map(([user, sessions]) => ({ user, sessions }));
  }

  get age(): Bar[] {
    return this.#age.bars;
  }

  get lastUse(): Bar[] {
    return this.#use.bars;
  }

  get size(): Bar[] {
    return this.#size.bars;
  }
}
