import { expect } from "vitest";
import type { Format } from "../../../../src/flask/formats/format.ts";
import { DateTime, Extension, Float, type PyValue, Tuple } from "../../../../src/flask/python/values.ts";
import { prototypesIn } from "../../../codecs/lib/values.ts";

const KINDS: object[] = [Object, Array, Map, Uint8Array, DateTime, Extension, Float, Tuple].map(
  (kind) => kind.prototype,
);

/** The same numbers in each run, so that a failure can be seen again. */
function* randoms(): Generator<number> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

/** Reads `bytes` with one to three of them changed, inserted or removed, again and again; returns how many were still read. */
export function survivesMutations(format: Format, bytes: Uint8Array, times: number): number {
  const random = randoms();
  const next = (below: number) => (random.next().value as number) % below;
  let read = 0;
  for (let run = 0; run < times; run++) {
    const mutated = [...bytes];
    for (let changes = 1 + next(3); changes > 0; changes--) {
      const inserted = next(3) === 0 ? [] : [next(256)];
      mutated.splice(next(mutated.length), next(2), ...inserted);
    }
    const value = format.read(Uint8Array.from(mutated));
    if (value === undefined) continue;
    read++;
    assertKnownKinds(value);
  }
  return read;
}

export function assertKnownKinds(value: PyValue): void {
  for (const prototype of prototypesIn(value)) expect(KINDS.includes(prototype as object)).toBe(true);
}

/** No beginning of what `write` made is read. */
export function refusesTruncated(format: Format, bytes: Uint8Array): void {
  for (let length = 0; length < bytes.length; length++) {
    expect(format.read(bytes.subarray(0, length)), `the first ${length} bytes`).toBeUndefined();
  }
  expect(format.read(bytes)).toBeDefined();
}
