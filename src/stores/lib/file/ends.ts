import { entries, inOrder } from "./in-order.ts";
import { IndexFolder } from "./index-folder.ts";
import { clamp, LAST_END } from "./layout.ts";
import type { Entry } from "./lists.ts";

const HOUR = 3_600_000;
const HOURS = /^[0-9]{1,9}$/;
const ENTRY = /^([0-9a-f]{64})\.([0-9a-f]{64}|nobody)$/;

/**
 * When which session ends: a directory for each hour, in it an entry for each session that ends then, named by the session's
 * file and list. So clearing up looks at what ends in an hour that has begun, and at nothing else. Times are milliseconds since
 * the epoch.
 */
export class Ends {
  readonly #index: IndexFolder;

  constructor(directory: string, mode: number) {
    this.#index = new IndexFolder(directory, mode);
  }

  add(entry: Entry, expires: number): void {
    this.#index.add(hourOf(expires), fileOf(entry));
  }

  move(entry: Entry, from: number, to: number): void {
    if (!this.isSameHour(from, to)) this.#index.move(fileOf(entry), hourOf(from), hourOf(to));
  }

  remove(entry: Entry, expires: number): void {
    this.#index.remove(hourOf(expires), fileOf(entry));
  }

  /** Has the disk confirm what was added. */
  confirm(expires: number): Promise<void> {
    return this.#index.confirm(hourOf(expires));
  }

  /** When the hours began that have begun at `now`, and have entries. */
  async *hoursUntil(now: number): AsyncGenerator<number> {
    const current = Number(hourOf(now));
    const hasBegun = (hour: string) => HOURS.test(hour) && Number(hour) <= current;
    for await (const hour of inOrder(this.#index.directory, hasBegun)) yield Number(hour) * HOUR;
  }

  async *entriesOf(hour: number): AsyncGenerator<Entry> {
    for await (const file of entries(this.#index.path(hourOf(hour)))) {
      const [, name, list] = ENTRY.exec(file.name) ?? [];
      if (name && list) yield { list, name };
    }
  }

  removeIfEmpty(hour: number): void {
    this.#index.removeIfEmpty(hourOf(hour));
  }

  isSameHour(one: number, other: number): boolean {
    return hourOf(one) === hourOf(other);
  }
}

function hourOf(time: number): string {
  return String(Math.floor(clamp(time, LAST_END) / HOUR));
}

function fileOf({ list, name }: Entry): string {
  return `${name}.${list}`;
}
