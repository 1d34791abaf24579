/*
 * The opcodes that plain data is pickled with, and no other: none that imports at will, calls with keywords, or fetches
 * from outside. How long each one's argument is lets the scan step over it.
 */

export const MARK = 0x28;
export const EMPTY_TUPLE = 0x29;
export const STOP = 0x2e;
export const FLOAT = 0x46;
export const BINFLOAT = 0x47;
export const INT = 0x49;
export const BININT = 0x4a;
export const BININT1 = 0x4b;
export const LONG = 0x4c;
export const BININT2 = 0x4d;
export const NONE = 0x4e;
export const REDUCE = 0x52;
export const BINBYTES = 0x42;
export const SHORT_BINBYTES = 0x43;
export const UNICODE = 0x56;
export const BINUNICODE = 0x58;
export const EMPTY_LIST = 0x5d;
export const APPEND = 0x61;
export const BUILD = 0x62;
export const GLOBAL = 0x63;
export const DICT = 0x64;
export const APPENDS = 0x65;
export const GET = 0x67;
export const BINGET = 0x68;
export const LONG_BINGET = 0x6a;
export const LIST = 0x6c;
export const PUT = 0x70;
export const BINPUT = 0x71;
export const LONG_BINPUT = 0x72;
export const SETITEM = 0x73;
export const TUPLE = 0x74;
export const SETITEMS = 0x75;
export const EMPTY_DICT = 0x7d;
export const PROTO = 0x80;
export const NEWOBJ = 0x81;
export const TUPLE1 = 0x85;
export const TUPLE2 = 0x86;
export const TUPLE3 = 0x87;
export const NEWTRUE = 0x88;
export const NEWFALSE = 0x89;
export const LONG1 = 0x8a;
export const LONG4 = 0x8b;
export const SHORT_BINUNICODE = 0x8c;
export const BINUNICODE8 = 0x8d;
export const BINBYTES8 = 0x8e;
export const EMPTY_SET = 0x8f;
export const ADDITEMS = 0x90;
export const FROZENSET = 0x91;
export const STACK_GLOBAL = 0x93;
export const MEMOIZE = 0x94;
export const FRAME = 0x95;
export const BYTEARRAY8 = 0x96;

/** What follows an opcode. A number that isn't negative: so many bytes. */
export const REFUSED = -1;
/** Text up to a newline. */
export const LINE = -2;
/** A length of that many bytes (little-endian), then as much. */
export const SIZED_1 = -3;
export const SIZED_4 = -4;
export const SIZED_8 = -5;
/** A module and a name, each up to a newline. */
export const NAMES = -6;

/** By opcode. */
export const ARGUMENTS: Int8Array = argumentsByOpcode([
  [0, [MARK, STOP, NONE, NEWTRUE, NEWFALSE, REDUCE, BUILD, NEWOBJ, STACK_GLOBAL, MEMOIZE]],
  [0, [EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3, EMPTY_LIST, LIST, APPEND, APPENDS]],
  [0, [EMPTY_DICT, DICT, SETITEM, SETITEMS, EMPTY_SET, ADDITEMS, FROZENSET]],
  [1, [PROTO, BININT1, BINGET, BINPUT]],
  [2, [BININT2]],
  [4, [BININT, LONG_BINGET, LONG_BINPUT]],
  [8, [BINFLOAT, FRAME]],
  [LINE, [INT, LONG, FLOAT, UNICODE, GET, PUT]],
  [SIZED_1, [LONG1, SHORT_BINUNICODE, SHORT_BINBYTES]],
  [SIZED_4, [LONG4, BINUNICODE, BINBYTES]],
  [SIZED_8, [BINUNICODE8, BINBYTES8, BYTEARRAY8]],
  [NAMES, [GLOBAL]],
]);

function argumentsByOpcode(groups: [argument: number, opcodes: number[]][]): Int8Array {
  const table = new Int8Array(256).fill(REFUSED);
  for (const [argument, opcodes] of groups) for (const opcode of opcodes) table[opcode] = argument;
  return table;
}
