import { Buffer } from "node:buffer";
import type { SessionInfo } from "../../index.ts";
import { toPlain } from "../../inspect/plain.ts";

/** The bytes of a session's data, as JSON would write them. */
export function sizeOf({ data }: Pick<SessionInfo, "data">): number {
  return Buffer.byteLength(JSON.stringify(toPlain(data, { reveal: true })));
}
