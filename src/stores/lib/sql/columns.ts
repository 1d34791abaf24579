import { Buffer } from "node:buffer";
import type { SqlRow } from "./driver.ts";

/** What a column holds, whatever the client makes of its type. Throws for what no session table holds. */

export function bytesIn(column: unknown): Uint8Array {
  if (column instanceof Uint8Array) return column;
  throw unexpected("bytes");
}

export function textIn(column: unknown): string {
  if (typeof column === "string") return column;
  const bytes = bytesIn(column);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

export function textOrNullIn(column: unknown): string | null {
  return column === null ? null : textIn(column);
}

/** An integer: PostgreSQL's and MySQL's clients give large ones as text, others as bigints. */
export function integerIn(column: unknown): number {
  const number = typeof column === "string" && column !== "" ? Number(column) : column;
  if (typeof number === "bigint") return Number(number);
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw unexpected("an integer");
}

export function rowsIn(answer: unknown): readonly SqlRow[] {
  const isRow = (row: unknown) => typeof row === "object" && row !== null;
  if (Array.isArray(answer) && answer.every(isRow)) return answer as SqlRow[];
  throw unexpected("rows");
}

/** How many rows a statement changed. */
export function countIn(answer: unknown): number {
  const count = integerIn(answer);
  if (count >= 0) return count;
  throw unexpected("a number of rows");
}

function unexpected(what: string): Error {
  return new Error(`The database's client answered with something else than ${what}.`);
}
