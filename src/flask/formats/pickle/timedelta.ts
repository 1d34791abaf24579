/*
 * A timedelta is kept as the text that msgspec writes: an ISO 8601 duration in days and seconds, the sign in front
 * (`-PT0.5S`). Python itself keeps three ints, of which only the days can be negative.
 */

/** As Python keeps it: days of either sign, 0 to 86,399 seconds, 0 to 999,999 microseconds. */
export interface Timedelta {
  days: number;
  seconds: number;
  micros: number;
}

const DURATION = /^(-?)P(?=.)(?:(\d{1,10})D)?(?:T(\d{1,5})(?:\.(\d{1,6}))?S)?$/;
const MOST_DAYS = 999_999_999;
const DAY = 86_400;
const SECOND = 1_000_000;

/** `undefined` for what Python would write otherwise, or not hold. */
export function durationOf({ days, seconds, micros }: Timedelta): string | undefined {
  if (!isWithin(days, -MOST_DAYS, MOST_DAYS) || !isWithin(seconds, 0, DAY - 1) || !isWithin(micros, 0, SECOND - 1)) {
    return undefined;
  }
  return days < 0 ? `-${positive(opposite({ days, seconds, micros }))}` : positive({ days, seconds, micros });
}

/** `undefined` for any other text. */
export function timedeltaOf(duration: string): Timedelta | undefined {
  const match = DURATION.exec(duration);
  if (match === null) return undefined;
  const [, sign, days = "0", seconds = "0", fraction = ""] = match;
  const size = { days: Number(days), seconds: Number(seconds), micros: Number(fraction.padEnd(6, "0")) };
  const timedelta = sign === "-" ? opposite(size) : size;
  return durationOf(timedelta) === duration ? timedelta : undefined;
}

function positive({ days, seconds, micros }: Timedelta): string {
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`;
  const time = seconds === 0 && micros === 0 ? "" : `T${seconds}${fraction}S`;
  return days === 0 && time !== "" ? `P${time}` : `P${days}D${time}`;
}

function opposite({ days, seconds, micros }: Timedelta): Timedelta {
  const borrowed = micros === 0 ? 0 : 1;
  const rest = -seconds - borrowed;
  const whole = rest < 0 ? 1 : 0;
  return {
    days: 0 - days - whole,
    seconds: rest + whole * DAY,
    micros: borrowed * SECOND - micros,
  };
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
