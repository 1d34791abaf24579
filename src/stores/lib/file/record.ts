import { Buffer } from "node:buffer";
import { clamp, decodeHeader, encodeHeader, type FileRecord, HEADER, type Layout } from "./layout.ts";

/*
 * As cachelib's FileSystemCache lays it out: the header, and the payload. What it has no place for follows after the payload,
 * where its reader (pickle's) doesn't look: id, subject, milliseconds since the epoch (6 bytes), length of the id, length of
 * the subject, and the mark.
 */
const MARK = Buffer.from("\0dewar1\0");
const EXACT = 6;
const FOOTER = EXACT + 2 + MARK.length;
const LAST_MILLISECOND = 2 ** (8 * EXACT) - 1;

/** The layout of `fileStore`. */
export const ownLayout: Layout = {
  encode({ payload, expires, owner }) {
    const header = encodeHeader(expires);
    if (!owner) return Buffer.concat([header, payload]);
    const [idBytes, subjectBytes] = [Buffer.from(owner.id), Buffer.from(owner.subject ?? "")];
    const lengths = Buffer.of(idBytes.length, subjectBytes.length);
    return Buffer.concat([header, payload, idBytes, subjectBytes, encodeExact(expires), lengths, MARK]);
  },

  decode(file) {
    if (file.length < HEADER) return undefined;
    const expires = decodeHeader(file);
    const foreign: FileRecord = { payload: file.subarray(HEADER), expires, owner: undefined };
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
      expires: 1000 * Math.ceil(exact / 1000) === expires ? exact : expires,
      owner: { id: file.toString("latin1", idAt, subjectAt), subject },
    };
  },

  renewal(file, expires) {
    const header = { bytes: encodeHeader(expires), position: 0 };
    if (!ownLayout.decode(file)?.owner) return [header];
    return [header, { bytes: encodeExact(expires), position: file.length - FOOTER }];
  },
};

function encodeExact(expires: number): Buffer {
  const exact = Buffer.alloc(EXACT);
  exact.writeUIntLE(clamp(expires, LAST_MILLISECOND), 0, EXACT);
  return exact;
}
