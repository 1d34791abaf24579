import { ratioText, type Table } from "../tables.ts";
import { type Target, target } from "../targets.ts";
import type { Effort, Speed } from "./measure.ts";

/** What a run found. */
export interface SpeedReport {
  /** Its version. */
  python: string;
  effort: Effort;
  targets: Target[];
  speeds: Speed[];
}

const timesAsFast = 5;
const calls = ["read", "write"] as const;

/**
 * By the session that a format is slowest with. In compressed cookies zlib does most of the work, on both sides: they are
 * measured without a target.
 */
export function targetsOf(speeds: readonly Speed[]): Target[] {
  const formats = Map.groupBy(
    speeds.filter(({ isCompressed }) => !isCompressed),
    ({ format }) => format,
  );
  return [...formats].flatMap(([format, ofFormat]) =>
    calls.map((call) => {
      const slowest = Math.min(...ofFormat.map((speed) => speed[call].timesAsFast));
      return target(`${format}: ${call}, times as fast as Flask`, "at least", timesAsFast, slowest);
    }),
  );
}

/** A row for each session in each format. */
export function tableOf(speeds: readonly Speed[]): Table {
  return [
    ["times as fast as Flask", "read", "write", "read: Flask µs", "dewar µs", "write: Flask µs", "dewar µs"],
    ...speeds.map((speed) => [
      nameOf(speed),
      ...calls.map((call) => ratioText(speed[call].timesAsFast)),
      ...calls.flatMap((call) => [ratioText(speed[call].flask), ratioText(speed[call].ours)]),
    ]),
  ];
}

function nameOf({ session, format, isCompressed }: Speed): string {
  return `${session}, ${isCompressed ? "compressed " : ""}${format}`;
}
