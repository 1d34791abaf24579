/** A session, as Flask-Session lays it out. */
export interface SessionItem {
  /** Prefix and id. */
  id: string;
  val: Uint8Array;
  /** Seconds since 1970, with or without a fraction. */
  expiration: number;
}

/** Of an item that isn't missing: it has a payload, and hasn't ended. Takes what `living()` gives. */
export const LIVES = "attribute_type(val, :binary) AND expiration > :now";

/** The furthest that a `Date` reaches, in milliseconds. */
const END_OF_TIME = 8.64e15;

export function living(): object {
  return { ":binary": { S: "B" }, ":now": seconds(Date.now()) };
}

/** The session in what the client found, if that lives. */
export function livingItem(found: unknown): SessionItem | undefined {
  const { id, val, expiration } = (found ?? {}) as Attributes;
  const item = { id: id?.S, val: val?.B, expiration: Number(expiration?.N) };
  return isSession(item) && item.expiration * 1000 > Date.now() ? item : undefined;
}

export function endOf({ expiration }: SessionItem): Date {
  return new Date(Math.min(expiration * 1000, END_OF_TIME));
}

/** A copy: by when it is sent, the caller may have written over it. */
export function binary(payload: Uint8Array): { B: Uint8Array } {
  return { B: Uint8Array.from(payload) };
}

/** Whole ones, of which DynamoDB's own removal is documented: a session never ends before it was to. */
export function wholeSeconds(date: Date): { N: string } {
  return { N: String(Math.ceil(date.getTime() / 1000)) };
}

export function seconds(milliseconds: number): { N: string } {
  return { N: String(milliseconds / 1000) };
}

type Attributes = Record<string, { S?: unknown; B?: unknown; N?: unknown } | undefined>;

function isSession(item: { id: unknown; val: unknown; expiration: number }): item is SessionItem {
  return typeof item.id === "string" && item.val instanceof Uint8Array;
}
