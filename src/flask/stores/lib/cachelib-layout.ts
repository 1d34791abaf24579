import { Buffer } from "node:buffer";
import {
  clamp,
  decodeHeader,
  encodeHeader,
  expiresAt,
  type FileRecord,
  HEADER,
  type Layout,
  type Patch,
} from "../../../stores/lib/file/layout.ts";
import { type PickledInt, readPickledInt } from "./pickled-int.ts";

/** Begins every pickle that cachelib writes for a value. */
const PICKLE = 0x80;
const OLD_SECONDS = 4;
const LAST_OLD_SECOND = 2 ** 31 - 1;

/** The layout of cachelib's `FileSystemCache`: the end of 4 bytes, and the payload. What cachelib 0.2 to 0.6 wrote is read, and renewed. */
export const cachelibLayout: Layout = {
  encode: ({ payload, expires }) => Buffer.concat([encodeHeader(expires), payload]),

  decode(file) {
    if (file.length < HEADER) return undefined;
    return decodeOld(file) ?? { payload: file.subarray(HEADER), expires: decodeHeader(file), owner: undefined };
  },

  renewal(file, expires) {
    return [oldRenewal(file, expires) ?? { bytes: encodeHeader(expires), position: 0 }];
  },
};

/** Up to version 0.6 the end is a pickle too. Its fifth byte is never what a value's pickle begins with. */
function oldEnd(file: Buffer): PickledInt | undefined {
  if (file[HEADER] === PICKLE) return undefined;
  const end = readPickledInt(file);
  return end && file[end.length] === PICKLE ? end : undefined;
}

function decodeOld(file: Buffer): FileRecord | undefined {
  const end = oldEnd(file);
  return end && { payload: file.subarray(end.length), expires: expiresAt(end.value), owner: undefined };
}

/** Any end from 1970's first day to 2038 is pickled in as many bytes, the last but one. */
function oldRenewal(file: Buffer, expires: number): Patch | undefined {
  const end = oldEnd(file);
  if (!end) return undefined;
  const bytes = Buffer.alloc(OLD_SECONDS);
  bytes.writeInt32LE(clamp(Math.ceil(expires / 1000), LAST_OLD_SECOND));
  return { bytes, position: end.length - 1 - OLD_SECONDS };
}
