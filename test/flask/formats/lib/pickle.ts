import { Buffer } from "node:buffer";
import { expect } from "vitest";
import { readPickle } from "../../../../src/flask/formats/pickle.ts";
import type { PyDict } from "../../../../src/flask/python/values.ts";
import vectors from "../../vectors/pickle.json" with { type: "json" };

/** What Python pickled. */
export const SAMPLES: Buffer[] = vectors.vectors.map(({ hex }) => Buffer.from(hex, "hex"));

/** The opcodes of the specification. */
export const LISTED: Buffer = Buffer.from(
  `().FGIJKLMNRBCVX]abcdeghjlpqrstu}${"\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x93\x94\x95\x96"}`,
  "latin1",
);

/** Puts a pickle together: a number is an opcode or a byte, a string is Latin-1. */
export function assemble(...parts: (number | string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "number" ? Buffer.of(part) : typeof part === "string" ? Buffer.from(part, "latin1") : part,
    ),
  );
}

/** SHORT_BINUNICODE. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return assemble(0x8c, bytes.length, bytes);
}

/** SHORT_BINBYTES. */
export function bytes(hex: string): Buffer {
  const value = Buffer.from(hex, "hex");
  return assemble("C", value.length, value);
}

/** STACK_GLOBAL. */
export function global(module: string, name: string): Buffer {
  return assemble(text(module), text(name), 0x93);
}

/** A REDUCE of `module.name` with a tuple of these. */
export function call(module: string, name: string, ...args: Uint8Array[]): Buffer {
  return assemble(global(module, name), "(", ...args, "tR");
}

export function refusal(pickled: Uint8Array): void {
  expect(readPickle(pickled)).toBeUndefined();
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** A list and a dict of so many. */
export const numbered = (count: number): PyDict => ({
  list: upTo(count),
  dict: Object.fromEntries(upTo(count).map((n) => [`k${n}`, n])),
});
/** Larger than a frame, in each of the ways that matter. */
export const FRAMES: PyDict = {
  text: "x".repeat(65536),
  bytes: new Uint8Array(70000),
  floats: upTo(20000).map((n) => n + 0.5),
  last: 1,
};
