import type { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { pickle0, pickle5, readPickle } from "../../../src/flask/formats/pickle.ts";
import type { PyDict } from "../../../src/flask/python/values.ts";
import { assemble, LISTED, SAMPLES } from "./lib/pickle.ts";

describe("200,000 mutated pickles", () => {
  const SEED = 0x5eed;

  /** Numbers from 0 to below `bound`, the same for the same seed. */
  function randomFrom(seed: number): (bound: number) => number {
    let state = seed;
    return (bound) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
  }

  it(`are refused, or a value that can be written again (seed ${SEED})`, { timeout: 60_000 }, () => {
    const random = randomFrom(SEED);
    const mutate = (from: Buffer): Buffer => {
      const at = random(from.length);
      const [before, rest] = [from.subarray(0, at), from.subarray(at)];
      switch (random(5)) {
        case 0:
          return assemble(before, random(256), rest.subarray(1));
        case 1:
          return assemble(before, LISTED[random(LISTED.length)] as number, rest);
        case 2:
          return assemble(before, rest.subarray(1 + random(4)));
        case 3:
          return assemble(
            before,
            (SAMPLES[random(SAMPLES.length)] as Buffer).subarray(random(100), 100 + random(100)),
            rest,
          );
        default:
          return assemble(before, LISTED[random(LISTED.length)] as number, rest.subarray(1));
      }
    };
    let accepted = 0;
    for (let run = 0; run < 200_000; run++) {
      let pickled = SAMPLES[random(SAMPLES.length)] as Buffer;
      for (let times = 1 + random(3); times > 0; times--) pickled = mutate(pickled);
      const found = readPickle(pickled);
      if (found === undefined) continue;
      accepted++;
      for (const format of [pickle0, pickle5]) {
        const again = format.read(format.write(found.value as PyDict));
        if (!isDeepStrictEqual(again, found.value)) expect.unreachable(`run ${run}: ${pickled.toString("hex")}`);
      }
    }
    expect(accepted).toBeGreaterThan(1000);
    expect(accepted).toBeLessThan(150_000);
  });
});
