import { Buffer } from "node:buffer";

/** What a client answers that Redis never would, is a fault: it must not look like a session, nor like one that ended. */
function unexpected(): never {
  throw new Error("The Redis client answered a command with something that Redis doesn't.");
}

/** Of SET with NX: whether it was set. */
export function wasSet(reply: unknown): boolean {
  return reply !== null && (String(reply) === "OK" || unexpected());
}

/** A string's bytes, or null. */
export function bytesOrNull(reply: unknown): Buffer | null {
  return reply === null || Buffer.isBuffer(reply) ? reply : unexpected();
}

/** A whole number, which some clients give as text. */
export function integer(reply: unknown): number {
  const number = typeof reply === "number" || typeof reply === "string" ? Number(reply) : Number.NaN;
  return Number.isInteger(number) ? number : unexpected();
}

/** An array of one to so many. */
export function arrayUpTo(most: number, reply: unknown): unknown[] {
  const found = arrayOrNull(reply) ?? [];
  return found.length > 0 && found.length <= most ? found : unexpected();
}

/** An array, or null. */
export function arrayOrNull(reply: unknown): unknown[] | null {
  return reply === null || Array.isArray(reply) ? reply : unexpected();
}
