/** Milliseconds of several calls. */
export interface Times {
  min: number;
  median: number;
  p99: number;
}

/** Throws for none. */
export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const found = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    if (found === undefined) throw new TypeError("timesOf: takes at least one time");
    return found;
  };
  return { min: at(0), median: at(0.5), p99: at(0.99) };
}

/** `0.42 ms`, `12 ms`. */
export function inMs(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(2) : Math.round(milliseconds)} ms`;
}
