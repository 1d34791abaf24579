/** Beyond, the bound below excludes next to nothing. */
const LONGEST = 96;
const WRAPPER_BYTES = 6;
/** Header and end of a block with the fixed codes. */
const FIXED_BITS = 10;
/**
 * Header and table sizes of a block with codes of its own, and the lengths of the eight codes for lengths that it gives at
 * least: up to a length of six, since a hundred symbols have no complete code in which all are longer.
 */
const TABLE_BITS = 41;
/** As a power of two. */
const SLOT_BITS = 14;

const lastSeen = new Uint32Array(1 << SLOT_BITS);
const counts = new Uint8Array(256);
const nLogN = Float64Array.from({ length: LONGEST + 2 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)));
let turn = 0;

/**
 * Whether zlib surely can't save two bytes of a short text. To let zlib find out takes longer than all else about a cookie.
 * What may repeat something (three bytes seen before) counts as if it took next to nothing; the rest takes a byte a
 * character, or its entropy and the tables (RFC 1951, 3.2.7), whose every code takes a bit at least.
 */
export function isIncompressible(bytes: Uint8Array): boolean {
  if (bytes.length > LONGEST) return false;
  const found = survey(bytes);
  const fixed = FIXED_BITS + 8 * found.literals + 8 * found.repeats;
  const own = TABLE_BITS + tableAndEntropy(found) + found.repeats;
  return WRAPPER_BYTES + Math.ceil(Math.min(fixed, own) / 8) >= bytes.length - 1;
}

interface Survey {
  repeats: number;
  /** Bytes that no repetition covers: among them each character where it comes first. */
  literals: number;
  lowest: number;
  highest: number;
}

/** Counts the literals, each character's into `counts`. */
function survey(bytes: Uint8Array): Survey {
  turn = (turn + 1) >>> 0;
  if (turn === 0) lastSeen.fill(0);
  let repeats = 0;
  let literals = 0;
  let lowest = 255;
  let highest = 0;
  let coveredTo = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const isFirst = counts[byte] === 0;
    // Two groups that share a slot look like a repetition; not one that covers a character that wasn't there before.
    if (isFirst) {
      coveredTo = at;
      lowest = Math.min(lowest, byte);
      highest = Math.max(highest, byte);
    }
    if (at + 2 < bytes.length) {
      const slot = slotOf(byte, bytes[at + 1] as number, bytes[at + 2] as number);
      if (lastSeen[slot] === turn && !isFirst) {
        if (at > coveredTo || coveredTo === 0) repeats++;
        coveredTo = at + 3;
      }
      lastSeen[slot] = turn;
    }
    if (at < coveredTo) continue;
    literals++;
    counts[byte] = (counts[byte] as number) + 1;
  }
  return { repeats, literals, lowest, highest };
}

/** Clears `counts`. The end of the block counts as one more character; it and the distances take a bit in the table. */
function tableAndEntropy({ literals, lowest, highest }: Survey): number {
  let bits = 2 + (nLogN[literals + 1] as number) + gapBits(lowest) + gapBits(255 - highest);
  let run = 0;
  let gap = 0;
  for (let code = lowest; code <= highest; code++) {
    const count = counts[code] as number;
    if (count === 0) {
      if (run > 0) bits += runBits(run);
      run = 0;
      gap++;
      continue;
    }
    counts[code] = 0;
    bits -= nLogN[count] as number;
    if (gap > 0) bits += gapBits(gap);
    gap = 0;
    run++;
  }
  return bits + runBits(run);
}

/** For the lengths of neighbouring characters: the first, and then three to six at a time, should they be the same. */
function runBits(run: number): number {
  return run === 0 ? 0 : 1 + Math.min(run - 1, Math.ceil((run - 1) / 6) * 3);
}

/** For characters without a length: one at a time, three to ten, or eleven to 138. */
function gapBits(gap: number): number {
  return gap < 14 ? Math.min(gap, 4) : 8;
}

/** Knuth's multiplicative hash of three bytes. */
function slotOf(first: number, second: number, third: number): number {
  return Math.imul(first | (second << 8) | (third << 16), 0x9e3779b1) >>> (32 - SLOT_BITS);
}
