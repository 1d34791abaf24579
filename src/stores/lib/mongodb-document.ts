/** What the store writes of a session. */
export interface SessionDocument {
  /** Prefix and id. */
  id: string;
  val: Uint8Array;
  expiration: Date;
  subject?: string;
}

/** What the client found, without `_id`; `undefined` where it found nothing. */
export function documentOf(found: unknown): SessionDocument | undefined {
  if (found === null) return undefined;
  const { id, val, expiration, subject } = found as Partial<SessionDocument>;
  const isWhole = typeof id === "string" && val instanceof Uint8Array && expiration instanceof Date;
  if (!isWhole) throw new Error("A document of the collection has other fields, or of other types, than a session's.");
  return { id, val, expiration, ...(typeof subject === "string" && { subject }) };
}

export function listOf(found: unknown): unknown[] {
  if (!Array.isArray(found)) unexpected();
  return found;
}

/** How many documents were touched. */
export function count(answer: unknown): number {
  return typeof answer === "number" ? answer : unexpected();
}

/** An answer that the driver never gives, is a fault: it must not look like something done. */
export function unexpected(): never {
  throw new Error("The MongoDB client answered a command with something that `mongodb` doesn't.");
}
