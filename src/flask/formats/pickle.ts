import { Buffer } from "node:buffer";
import type { PyValue } from "../python/values.ts";
import type { Format } from "./format.ts";
import { isBounded } from "./pickle/bounds.ts";
import { MOST_BYTES } from "./pickle/limits.ts";
import { Machine } from "./pickle/machine.ts";
import { Pickler } from "./pickle/pickler.ts";
import { scan } from "./pickle/scan.ts";

/*
 * Python's pickle, as far as it is data. Reading knows a closed list of opcodes and globals (of all protocols), runs no
 * code, and is bounded in size, depth and time. Written is what Python's own pickler writes, byte for byte, where it
 * can be known: not the order of a set, nor which of two equal objects were one.
 */

/** The value that `bytes` begin with, and how many of them it takes. `undefined` for all that isn't pickled plain data. */
export function readPickle(bytes: Uint8Array): { value: PyValue; length: number } | undefined {
  if (bytes.length > MOST_BYTES) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = scan(buffer);
  if (length === undefined) return undefined;
  const machine = new Machine(buffer);
  const value = machine.run();
  return value !== undefined && isBounded(value, length, machine.replaced) ? { value, length } : undefined;
}

function pickle(protocol: 0 | 4 | 5): Format {
  return {
    write: (dict) => new Pickler(protocol).dump(dict),
    read(bytes) {
      const pickled = readPickle(bytes);
      return pickled?.length === bytes.length ? pickled.value : undefined;
    },
  };
}

/** What Flask-Session 0.3 to 0.5 keep in Memcached. */
export const pickle0: Format = pickle(0);
/** What Flask-Session 0.3 to 0.6 keep elsewhere, on Python 3.8 to 3.13. */
export const pickle4: Format = pickle(4);
/** What cachelib keeps in files, and Flask-Session 0.3 to 0.6 on Python 3.14. */
export const pickle5: Format = pickle(5);
