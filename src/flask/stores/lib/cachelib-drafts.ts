import { randomInt } from "node:crypto";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_";
const LENGTH = 8;

/** A name as Python's `tempfile.mkstemp` gives it for cachelib, which passes over names that end so. */
export function draftName(): string {
  const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]);
  return `tmp${letters.join("")}.__wz_cache`;
}
