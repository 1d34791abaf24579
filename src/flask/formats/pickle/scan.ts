import type { Buffer } from "node:buffer";
import { globalNamed } from "./globals.ts";
import { ARGUMENTS, FRAME, GLOBAL, LINE, NAMES, PROTO, REFUSED, SIZED_1, SIZED_4, SIZED_8, STOP } from "./opcodes.ts";

const NEWLINE = 0x0a;
const NEWEST_PROTOCOL = 5;
const LONGEST_NAMES = 40;

/**
 * Where the pickle at the beginning of `bytes` ends, or `undefined` for what is refused: an opcode that isn't on the list,
 * a global that isn't, an argument that is cut off, no end. After it, whoever runs the opcodes finds every argument whole;
 * before it, nothing is built.
 */
export function scan(bytes: Buffer): number | undefined {
  let at = 0;
  while (at < bytes.length) {
    const opcode = bytes[at++] as number;
    if (opcode === STOP) return at;
    const end = endOfArgument(bytes, at, ARGUMENTS[opcode] as number);
    if (end > bytes.length) return undefined;
    if (opcode === PROTO && (bytes[at] as number) > NEWEST_PROTOCOL) return undefined;
    if (opcode === FRAME && sizeAt(bytes, at, 8) > bytes.length - end) return undefined;
    if (opcode === GLOBAL && !isKnown(bytes, at, end)) return undefined;
    at = end;
  }
  return undefined;
}

/** Infinity for what is refused or never ends. */
function endOfArgument(bytes: Buffer, at: number, argument: number): number {
  switch (argument) {
    case REFUSED:
      return Number.POSITIVE_INFINITY;
    case LINE:
      return endOfLine(bytes, at);
    case NAMES:
      return endOfLine(bytes, endOfLine(bytes, at));
    case SIZED_1:
      return at + 1 + sizeAt(bytes, at, 1);
    case SIZED_4:
      return at + 4 + sizeAt(bytes, at, 4);
    case SIZED_8:
      return at + 8 + sizeAt(bytes, at, 8);
    default:
      return at + argument;
  }
}

function endOfLine(bytes: Buffer, at: number): number {
  const newline = at < bytes.length ? bytes.indexOf(NEWLINE, at) : -1;
  return newline < 0 ? Number.POSITIVE_INFINITY : newline + 1;
}

function sizeAt(bytes: Buffer, at: number, width: 1 | 4 | 8): number {
  if (at + width > bytes.length) return Number.POSITIVE_INFINITY;
  if (width === 1) return bytes[at] as number;
  const low = bytes.readUInt32LE(at);
  return width === 4 ? low : low + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** Of `module\nname\n`. */
function isKnown(bytes: Buffer, at: number, end: number): boolean {
  if (end - at > LONGEST_NAMES) return false;
  const [module = "", name = ""] = bytes.toString("latin1", at, end).split("\n");
  return globalNamed(module, name) !== undefined;
}
