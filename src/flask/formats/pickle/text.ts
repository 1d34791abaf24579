import { Buffer, isUtf8 } from "node:buffer";

/*
 * Python's strings may hold half characters (lone surrogates), and so do JavaScript's. UTF-8 has no form for them; Python's
 * "surrogatepass", in pickles, writes them as if it had. Two halves in a row that make a character are that character in
 * JavaScript, and are written as such.
 */

/** What protocol 0 escapes besides all beyond Latin-1: its own signs, and what a text file doesn't keep. */
const ESCAPED: ReadonlySet<string> = new Set(["\\", "\0", "\n", "\r", "\x1a"]);
const PLAIN = /^[\x20-\x5b\x5d-\x7e]*$/;
const ESCAPE = /\\(?:u(.{0,4})|U(.{0,8})|.)/gs;

/** The text in UTF-8 from `from` to `to`, or `undefined` if it isn't UTF-8. */
export function fromUtf8(bytes: Buffer, from: number, to: number): string | undefined {
  if (isAscii(bytes, from, to)) return bytes.toString("latin1", from, to);
  if (isUtf8(bytes.subarray(from, to))) return bytes.toString("utf8", from, to);
  return withHalves(bytes.subarray(from, to));
}

export function toUtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  return Buffer.concat(
    text.split(/(\p{Surrogate})/u).map((part) => (part.isWellFormed() ? Buffer.from(part) : half(part))),
  );
}

/** Latin-1 with `\uXXXX` and `\UXXXXXXXX`, as in protocol 0. `undefined` for an escape that isn't one. */
export function fromRawUnicode(raw: string): string | undefined {
  if (!raw.includes("\\")) return raw;
  let sound = true;
  const text = raw.replace(ESCAPE, (whole, short?: string, long?: string) => {
    const digits = short ?? long;
    if (digits === undefined) return whole;
    const code = Number.parseInt(digits, 16);
    sound &&= /^[\da-f]+$/i.test(digits) && digits.length === (short === undefined ? 8 : 4) && code <= 0x10ffff;
    return sound ? String.fromCodePoint(code) : "";
  });
  // A backslash at the very end stands for itself, as in Python.
  return sound ? text : undefined;
}

export function toRawUnicode(text: string): string {
  if (PLAIN.test(text)) return text;
  let raw = "";
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code > 0xffff) raw += `\\U${hex(code, 8)}`;
    else raw += code > 0xff || ESCAPED.has(character) ? `\\u${hex(code, 4)}` : character;
  }
  return raw;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > 0x7f) return false;
  return true;
}

/** UTF-8 in which ED A0..BF XX stand for half characters. */
function withHalves(bytes: Buffer): string | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    if (second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue;
    if (!isUtf8(bytes.subarray(from, at))) return undefined;
    parts.push(bytes.toString("utf8", from, at), String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
    from = at + 3;
  }
  if (from === 0 || !isUtf8(bytes.subarray(from))) return undefined;
  parts.push(bytes.toString("utf8", from, bytes.length));
  return parts.join("");
}

function half(surrogate: string): Buffer {
  const code = surrogate.charCodeAt(0);
  return Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}
