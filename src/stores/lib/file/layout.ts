import { Buffer } from "node:buffer";
import { endianness } from "node:os";
import type { Renewal } from "../../../store.ts";

/** A session as its file holds it. */
export interface FileRecord {
  payload: Uint8Array;
  /** Milliseconds since the epoch; or `Infinity`. */
  expires: number;
  /** None where another program wrote the file. */
  owner: Owner | undefined;
}

interface Owner {
  id: string;
  subject: string | undefined;
}

/** How a session lies in its file. */
export interface Layout {
  encode(record: FileRecord): Buffer;
  /** What a whole file holds: undefined where that can be no session. */
  decode(file: Buffer): FileRecord | undefined;
  /** What to write over a session's file so that it ends at `expires`. */
  renewal(file: Buffer, expires: number): Patch[];
}

/** A piece of a file, and where it stands. */
export interface Patch {
  bytes: Uint8Array;
  position: number;
}

export function isLive({ expires }: FileRecord): boolean {
  return expires > Date.now();
}

export function isDue({ expires }: FileRecord, { ifBefore, expiresAt }: Renewal): boolean {
  return expires < Math.min(ifBefore.getTime(), expiresAt.getTime());
}

/** A file of cachelib's begins with its end: seconds since the epoch, in the machine's own order of bytes; 0 is never. */
export const HEADER = 4;
const LAST_SECOND = 0xffff_ffff;
/** Milliseconds since the epoch: what ends later, ends then. */
export const LAST_END: number = 1000 * LAST_SECOND;
const IS_LITTLE = endianness() === "LE";

export function encodeHeader(expires: number): Buffer {
  const header = Buffer.alloc(HEADER);
  const seconds = clamp(Math.ceil(expires / 1000), LAST_SECOND);
  if (IS_LITTLE) header.writeUInt32LE(seconds);
  else header.writeUInt32BE(seconds);
  return header;
}

export function decodeHeader(file: Buffer): number {
  return expiresAt(IS_LITTLE ? file.readUInt32LE() : file.readUInt32BE());
}

export function expiresAt(seconds: number): number {
  return seconds === 0 ? Number.POSITIVE_INFINITY : 1000 * seconds;
}

/** At least 1, which isn't never. */
export function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 1), most);
}
