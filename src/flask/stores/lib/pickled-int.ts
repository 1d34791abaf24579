import { Buffer } from "node:buffer";

const PROTO = 0x80;
const FRAME = 0x95;
const BININT = 0x4a;
const BININT1 = 0x4b;
const BININT2 = 0x4d;
const LONG1 = 0x8a;
const STOP = 0x2e;
const PROTOCOL = 5;
/** Pickle frames what has so many bytes, or more. */
const SMALLEST_FRAME = 4;
const FRAME_HEADER = 9;
/** Of the integers in a file's head: seconds, and numbers of files. */
const LONGEST_LONG = 6;

/** An integer that a pickle begins with, and where the pickle ends. */
export interface PickledInt {
  value: number;
  length: number;
}

/** The integer of a pickle that is nothing else; undefined for any other. What follows it isn't looked at. */
export function readPickledInt(bytes: Buffer): PickledInt | undefined {
  let at = bytes[0] === PROTO ? 2 : 0;
  if (bytes[at] === FRAME) at += FRAME_HEADER;
  const operand = at + 1;
  const found = readOperand(bytes, bytes[at], operand);
  if (!found || bytes[found.length] !== STOP) return undefined;
  return { value: found.value, length: found.length + 1 };
}

/** As Python's `pickle.dumps` writes an integer of 32 bits at protocol 5. */
export function writePickledInt(value: number): Buffer {
  const body = Buffer.concat([writeOperand(value), Buffer.of(STOP)]);
  const start = Buffer.of(PROTO, PROTOCOL);
  if (body.length < SMALLEST_FRAME) return Buffer.concat([start, body]);
  const frame = Buffer.alloc(FRAME_HEADER);
  frame.writeUInt8(FRAME);
  frame.writeUInt32LE(body.length, 1);
  return Buffer.concat([start, frame, body]);
}

function readOperand(bytes: Buffer, opcode: number | undefined, at: number): PickledInt | undefined {
  const size = sizeOf(opcode, bytes[at]);
  if (size === undefined || at + size > bytes.length) return undefined;
  const length = at + size;
  if (opcode === LONG1) return { value: size === 1 ? 0 : bytes.readIntLE(at + 1, size - 1), length };
  return { value: opcode === BININT ? bytes.readInt32LE(at) : bytes.readUIntLE(at, size), length };
}

function sizeOf(opcode: number | undefined, first = 0): number | undefined {
  if (opcode === BININT1) return 1;
  if (opcode === BININT2) return 2;
  if (opcode === BININT) return 4;
  return opcode === LONG1 && first <= LONGEST_LONG ? 1 + first : undefined;
}

function writeOperand(value: number): Buffer {
  if (value >= 0 && value <= 0xff) return Buffer.of(BININT1, value);
  const operand = Buffer.alloc(value >= 0 && value <= 0xffff ? 3 : 5);
  if (operand.length === 3) {
    operand.writeUInt8(BININT2);
    operand.writeUInt16LE(value, 1);
  } else {
    operand.writeUInt8(BININT);
    operand.writeInt32LE(value, 1);
  }
  return operand;
}
