import type { PyDict, PyValue } from "../python/values.ts";

/** How many levels a format reads and writes: Python's own default, which no session of Flask's gets beyond. */
export const DEEPEST = 1000;

/** One notation of a session's dict. */
export interface Format {
  /** Throws `ERR_ENCODE`, naming the path, for what it can't hold. */
  write(dict: PyDict | Map<PyValue, PyValue>): Uint8Array;
  /** `undefined` for what isn't this format from the first byte to the last. Bounded in depth, size and time. */
  read(bytes: Uint8Array): PyValue | undefined;
}
