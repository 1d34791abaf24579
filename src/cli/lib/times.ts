const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** A record may hold a time whose end is in no calendar, and one of them must not hide all the others. */
const IMPOSSIBLE = "an impossible time";

/** A span in its largest unit, rounded: `3d`, `12m`; `0s` for less than half a second. */
function span(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => milliseconds >= size) ?? (["s", 1000] as const);
  return `${Math.round(Math.max(0, milliseconds) / size)}${unit}`;
}

/** `12m ago`, or `in 3d`. */
export function fromNow(date: Date, now: number = Date.now()): string {
  const distance = date.getTime() - now;
  if (Number.isNaN(distance)) return IMPOSSIBLE;
  if (Math.abs(distance) < 1000) return "now";
  return distance < 0 ? `${span(-distance)} ago` : `in ${span(distance)}`;
}

/** To the second, in UTC: `2026-11-29 22:17:17Z`. */
export function instant(date: Date): string {
  if (Number.isNaN(date.getTime())) return IMPOSSIBLE;
  return `${date.toISOString().slice(0, 19).replace("T", " ")}Z`;
}
