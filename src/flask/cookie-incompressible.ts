/** Beyond, the bound below excludes next to nothing. */
const LONGEST = 96;
/** Block type, table sizes and the lengths' own code. */
const TABLE_BITS = 47;
/** For the length of each character's code. Measured: no text was found that takes less. */
const CHARACTER_BITS = 3;
const WRAPPER_BYTES = 6;
/** As a power of two. */
const SLOT_BITS = 14;

const lastSeen = new Uint32Array(1 << SLOT_BITS);
const counts = new Uint8Array(256);
const nLogN = Float64Array.from({ length: LONGEST + 1 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)));
let turn = 0;

/**
 * Whether zlib surely can't save two bytes of a short text. To let zlib find out takes longer than all else about a cookie.
 * What may repeat something (three bytes seen before) counts as if it took next to nothing; the rest takes its entropy, or a
 * byte a character.
 */
export function isIncompressible(bytes: Uint8Array): boolean {
  if (bytes.length > LONGEST) return false;
  const { repeats, literals } = survey(bytes);
  let distinct = 0;
  let entropy = nLogN[literals] as number;
  for (const byte of bytes) {
    const count = counts[byte] as number;
    if (count === 0) continue;
    counts[byte] = 0;
    distinct++;
    entropy -= nLogN[count] as number;
  }
  const withTables = TABLE_BITS + CHARACTER_BITS * (distinct + 1) + entropy + 2 * repeats;
  const without = 10 + 8 * literals + 12 * repeats;
  return WRAPPER_BYTES + Math.min(withTables, without) / 8 >= bytes.length - 1;
}

/** Counts, into `counts`, the bytes that no repetition covers. */
function survey(bytes: Uint8Array): { repeats: number; literals: number } {
  turn = (turn + 1) >>> 0;
  if (turn === 0) lastSeen.fill(0);
  let repeats = 0;
  let literals = 0;
  let coveredTo = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at + 2 < bytes.length) {
      // That two groups can share a slot only makes for a lower bound.
      const slot = slotOf(bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number);
      if (lastSeen[slot] === turn) {
        if (at > coveredTo || coveredTo === 0) repeats++;
        coveredTo = at + 3;
      }
      lastSeen[slot] = turn;
    }
    if (at < coveredTo) continue;
    literals++;
    counts[bytes[at] as number] = (counts[bytes[at] as number] as number) + 1;
  }
  return { repeats, literals };
}

/** Knuth's multiplicative hash of three bytes. */
function slotOf(first: number, second: number, third: number): number {
  return Math.imul(first | (second << 8) | (third << 16), 0x9e3779b1) >>> (32 - SLOT_BITS);
}
