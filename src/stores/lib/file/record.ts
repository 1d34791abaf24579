import { Buffer } from "node:buffer";

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

/** A piece of a file, and where it stands. */
export interface Patch {
  bytes: Uint8Array;
  position: number;
}

/*
 * As cachelib's FileSystemCache lays it out: 4 bytes, little-endian, of seconds since the epoch (0: never), and the
 * payload. What it has no place for follows after the payload, where its reader (pickle's) doesn't look:
 * id, subject, milliseconds since the epoch (6 bytes), length of the id, length of the subject, and the mark.
 */
const HEADER = 4;
const MARK = Buffer.from("\0dewar1\0");
const EXACT = 6;
const FOOTER = EXACT + 2 + MARK.length;
const LAST_SECOND = 0xffff_ffff;
const LAST_MILLISECOND = 2 ** (8 * EXACT) - 1;

export function encodeRecord({ payload, expires, owner }: FileRecord): Buffer {
  const { header, exact } = encodeExpiry(expires);
  if (!owner) return Buffer.concat([header, payload]);
  const [idBytes, subjectBytes] = [Buffer.from(owner.id), Buffer.from(owner.subject ?? "")];
  const lengths = Buffer.of(idBytes.length, subjectBytes.length);
  return Buffer.concat([header, payload, idBytes, subjectBytes, exact, lengths, MARK]);
}

/** What a whole file holds: undefined where that can be no session. */
export function decodeRecord(file: Buffer): FileRecord | undefined {
  if (file.length < HEADER) return undefined;
  const seconds = file.readUInt32LE();
  const expires = seconds === 0 ? Number.POSITIVE_INFINITY : 1000 * seconds;
  const foreign = { payload: file.subarray(HEADER), expires, owner: undefined };
  const footer = file.length - FOOTER;
  if (footer < HEADER || !file.subarray(-MARK.length).equals(MARK)) return foreign;
  const subjectAt = footer - file.readUInt8(footer + EXACT + 1);
  const idAt = subjectAt - file.readUInt8(footer + EXACT);
  if (idAt < HEADER) return foreign;
  const exact = file.readUIntLE(footer, EXACT);
  const subject = subjectAt === footer ? undefined : file.toString("utf8", subjectAt, footer);
  return {
    payload: file.subarray(HEADER, idAt),
    // Another program renews by the seconds alone.
    expires: Math.ceil(exact / 1000) === seconds ? exact : expires,
    owner: { id: file.toString("latin1", idAt, subjectAt), subject },
  };
}

export function isLive({ expires }: FileRecord): boolean {
  return expires > Date.now();
}

/** What to write over a file of `size` bytes so that its session ends at `expires`. */
export function renewalPatches(record: FileRecord, size: number, expires: number): Patch[] {
  const { header, exact } = encodeExpiry(expires);
  const patches = [{ bytes: header, position: 0 }];
  return record.owner ? [...patches, { bytes: exact, position: size - FOOTER }] : patches;
}

function encodeExpiry(expires: number): { header: Buffer; exact: Buffer } {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(clamp(Math.ceil(expires / 1000), LAST_SECOND));
  const exact = Buffer.alloc(EXACT);
  exact.writeUIntLE(clamp(expires, LAST_MILLISECOND), 0, EXACT);
  return { header, exact };
}

/** At least 1: to cachelib 0 is for ever. */
function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 1), most);
}
