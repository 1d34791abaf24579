import type { SessionInfo } from "../../core/manager.ts";
import { AGES, Histogram, SIZES } from "../../inspect/histogram.ts";
import { lastUseOf } from "../lib/sessions.ts";
import type { Source } from "../lib/source.ts";
import type { Bar } from "./bars.ts";

export const MOST_USERS = 10;

/** What one pass over all sessions tells. Keeps the names of all users, and nothing else of a session. */
export class Tally {
  readonly #source: Source;
  readonly #now = Date.now();
  readonly #perUser = new Map<string, number>();
  readonly #age = new Histogram(AGES);
  readonly #use = new Histogram(AGES);
  readonly #size = new Histogram(SIZES);
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
    this.#size.add(info.size);
    this.bytes += info.size;
    this.largest = Math.max(this.largest, info.size);
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
    return barsOf(this.#age);
  }

  get lastUse(): Bar[] {
    return barsOf(this.#use);
  }

  get size(): Bar[] {
    return barsOf(this.#size);
  }
}

function barsOf(histogram: Histogram): Bar[] {
  return histogram.bins.map(({ label, count }) => ({ label, sessions: count }));
}
