/** Values below a bound, and how that is called: in words, and where there is little room. */
export type Class = readonly [below: number, label: string, short: string];

/** How many values there are in a class. */
export interface Bin {
  label: string;
  short: string;
  count: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KIB = 1024;
const BEYOND = Number.POSITIVE_INFINITY;

/** Of times since something, in milliseconds. */
export const AGES: readonly Class[] = [
  [HOUR / 4, "below 15 min", "¼h"],
  [HOUR, "15 min to 1 h", "1h"],
  [6 * HOUR, "1 to 6 h", "6h"],
  [DAY, "6 to 24 h", "1d"],
  [3 * DAY, "1 to 3 days", "3d"],
  [7 * DAY, "3 to 7 days", "7d"],
  [14 * DAY, "7 to 14 days", "14d"],
  [30 * DAY, "14 to 30 days", "30d"],
  [BEYOND, "30 days and more", "30d+"],
];

/** Of sizes in bytes; the short names are of KiB. */
export const SIZES: readonly Class[] = [
  [KIB / 8, "below 128 B", "⅛"],
  [KIB / 2, "128 to 512 B", "½"],
  [KIB, "512 B to 1 KiB", "1"],
  [2 * KIB, "1 to 2 KiB", "2"],
  [4 * KIB, "2 to 4 KiB", "4"],
  [8 * KIB, "4 to 8 KiB", "8"],
  [16 * KIB, "8 to 16 KiB", "16"],
  [32 * KIB, "16 to 32 KiB", "32"],
  [BEYOND, "32 KiB and more", "32+"],
];

/** Counts values into classes, one by one. */
export class Histogram {
  readonly #classes: readonly Class[];
  readonly #counts: number[];

  constructor(classes: readonly Class[]) {
    this.#classes = classes;
    this.#counts = classes.map(() => 0);
  }

  add(value: number): void {
    const index = this.#classes.findIndex(([below]) => value < below);
    if (index >= 0) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  get bins(): Bin[] {
    return this.#classes.map(([, label, short], index) => ({ label, short, count: this.#counts[index] ?? 0 }));
  }
}
