/** The candidate that is the fewest slips of a key away from `word`; `undefined` if those are more than `most`. */
export function nearest(
  word: string,
  candidates: readonly string[],
  most: number = Number.POSITIVE_INFINITY,
): string | undefined {
  const ranked = candidates.map((candidate) => ({
    candidate,
    slips: distance(word.toUpperCase(), candidate.toUpperCase()),
  }));
  const best = ranked.reduce((best, next) => (next.slips < best.slips ? next : best));
  return best.slips <= most ? best.candidate : undefined;
}

/** Levenshtein's: how many characters to insert, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (above[j] as number) + 1, (row[j - 1] as number) + 1));
    }
  }
  return row.at(-1) as number;
}
