import { DateTime, Text } from "../../python/values.ts";

/*
 * The state of Python's date, time and datetime: big-endian fields, one after the other. The highest bit of the month (in
 * a time: of the hour) is "fold", the second of two equal hours in autumn; a value here has no place for it.
 */

const DATE_BYTES = 4;
const TIME_BYTES = 6;
const DATETIME_BYTES = 10;
const FOLD = 0x80;
const DAY = 86_400;
const SECOND = 1_000_000;
const FIRST_YEAR = 1;
const LAST_YEAR = 9999;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** `offset` in seconds, east of UTC: whole ones of less than a day. */
export function isOffset(offset: number): boolean {
  return Number.isInteger(offset) && Math.abs(offset) < DAY;
}

export function dateTimeOf(state: Uint8Array, offset: number | undefined): DateTime | undefined {
  if (state.length !== DATETIME_BYTES) return undefined;
  const midnight = midnightOf(state, FOLD);
  const clock = clockOf(state.subarray(DATE_BYTES), 0);
  if (midnight === undefined || clock === undefined) return undefined;
  return new DateTime(midnight + clock.seconds - (offset ?? 0), clock.micros * 1000, offset);
}

/** Rounded to microseconds, as msgspec does. `undefined` beyond the years that Python has. */
export function dateTimeState({ seconds, nanos, offset = 0 }: DateTime): Uint8Array | undefined {
  const micros = Math.round(nanos / 1000);
  const wall = seconds + offset + Math.floor(micros / SECOND);
  const clock = ((wall % DAY) + DAY) % DAY;
  const state = new Uint8Array(DATETIME_BYTES);
  const isSound = setMidnight(state, wall - clock) && setClock(state.subarray(DATE_BYTES), clock, micros % SECOND);
  return isSound ? state : undefined;
}

export function dateOf(state: Uint8Array): Text | undefined {
  if (state.length !== DATE_BYTES || midnightOf(state, 0) === undefined) return undefined;
  const [high = 0, low = 0, month, day] = state;
  return new Text("date", `${digits(high * 256 + low, 4)}-${digits(month)}-${digits(day)}`);
}

export function dateState(text: string): Uint8Array | undefined {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const state = Uint8Array.of(year >> 8, year & 0xff, month, day);
  return midnightOf(state, 0) === undefined ? undefined : state;
}

export function timeOf(state: Uint8Array, offset: number | undefined): Text | undefined {
  const clock = state.length === TIME_BYTES ? clockOf(state, FOLD) : undefined;
  if (clock === undefined) return undefined;
  const [hour = 0, minute, second] = state;
  const fraction = clock.micros === 0 ? "" : `.${digits(clock.micros, 6)}`;
  return new Text("time", `${digits(hour % FOLD)}:${digits(minute)}:${digits(second)}${fraction}${zoneText(offset)}`);
}

export function timeState(text: string): { state: Uint8Array; offset: number | undefined } | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second, fraction = "0", utc, sign, hours, minutes, rest = "0"] = match;
  const state = Uint8Array.of(Number(hour), Number(minute), Number(second), 0, 0, 0);
  setMicros(state, Number(fraction));
  if (clockOf(state, 0) === undefined) return undefined;
  if (utc !== undefined) return { state, offset: 0 };
  if (sign === undefined) return { state, offset: undefined };
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  const offset = sign === "-" ? -size : size;
  return isOffset(offset) ? { state, offset } : undefined;
}

/** Seconds since the epoch, of the four bytes of a date that the calendar has. */
function midnightOf(state: Uint8Array, ignored: number): number | undefined {
  const [high = 0, low = 0, folded = 0, day = 0] = state;
  const year = high * 256 + low;
  const month = folded & ~ignored;
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return undefined;
  const date = new Date(0);
  const time = date.setUTCFullYear(year, month - 1, day);
  return date.getUTCDate() === day ? time / 1000 : undefined;
}

function setMidnight(state: Uint8Array, seconds: number): boolean {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) return false;
  state[0] = year >> 8;
  state[1] = year;
  state[2] = date.getUTCMonth() + 1;
  state[3] = date.getUTCDate();
  return true;
}

function clockOf(state: Uint8Array, ignored: number): { seconds: number; micros: number } | undefined {
  const [folded = 0, minute = 0, second = 0, high = 0, middle = 0, low = 0] = state;
  const hour = folded & ~ignored;
  const micros = high * 65_536 + middle * 256 + low;
  if (hour > 23 || minute > 59 || second > 59 || micros >= SECOND) return undefined;
  return { seconds: hour * 3600 + minute * 60 + second, micros };
}

function setClock(state: Uint8Array, seconds: number, micros: number): boolean {
  state[0] = seconds / 3600;
  state[1] = (seconds / 60) % 60;
  state[2] = seconds % 60;
  setMicros(state, micros);
  return Number.isInteger(seconds) && micros >= 0 && micros < SECOND;
}

function setMicros(time: Uint8Array, micros: number): void {
  time[3] = micros >> 16;
  time[4] = micros >> 8;
  time[5] = micros;
}

function zoneText(offset: number | undefined): string {
  if (offset === undefined) return "";
  if (offset === 0) return "Z";
  const size = Math.abs(offset);
  const seconds = size % 60 === 0 ? "" : `:${digits(size % 60)}`;
  return `${offset < 0 ? "-" : "+"}${digits(Math.floor(size / 3600))}:${digits(Math.floor(size / 60) % 60)}${seconds}`;
}

function digits(value: number | undefined, width = 2): string {
  return String(value).padStart(width, "0");
}
