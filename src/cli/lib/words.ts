const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** `1,234,567`. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** `1 session`, `2 sessions`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A span in its largest unit, rounded: `3d`, `12m`; `0s` for less than half a second. */
function span(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => milliseconds >= size) ?? (["s", 1000] as const);
  return `${Math.round(Math.max(0, milliseconds) / size)}${unit}`;
}

/** `12m ago`, or `in 3d`. */
export function fromNow(date: Date, now: number = Date.now()): string {
  const distance = date.getTime() - now;
  if (Math.abs(distance) < 1000) return "now";
  return distance < 0 ? `${span(-distance)} ago` : `in ${span(distance)}`;
}

/** To the second, in UTC: `2026-11-29 22:17:17Z`. */
export function instant(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** `312 B`, `4.1 KiB`. */
export function bytes(number: number): string {
  if (number < 1024) return `${Math.round(number)} B`;
  if (number < 1024 ** 2) return `${(number / 1024).toFixed(1)} KiB`;
  return `${(number / 1024 ** 2).toFixed(1)} MiB`;
}
