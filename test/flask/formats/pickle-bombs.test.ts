import type { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { pickle5 } from "../../../src/flask/formats/pickle.ts";
import { cpuTime } from "../../lib/elapsed.ts";
import { assemble, refusal, text } from "./lib/pickle.ts";

describe("what would exhaust time or memory", () => {
  const MILLION = 1_000_000;
  /** Far more than it takes, on any machine; a hundredth of what it would take unbounded. */
  const SOON = 20_000;
  const doubled = (first: string, levels: number, width: number) =>
    Array.from({ length: levels }, (_, level) => `](${`h${String.fromCharCode(level)}`.repeat(width)}e\x94`)
      .join("")
      .replace(/^/, first);

  it.each<[string, Buffer]>([
    ["a million lists in each other", assemble("]".repeat(MILLION), "a".repeat(MILLION - 1), ".")],
    ["a million tuples in each other", assemble(")", "\x85".repeat(MILLION), ".")],
    ["a million dicts in each other", assemble("}K\x01".repeat(MILLION), "}", "s".repeat(MILLION), ".")],
    ["a million frozensets in each other", assemble("(".repeat(MILLION), "\x91".repeat(MILLION), ".")],
    ["a million tuples as a key", assemble("}N", "\x85".repeat(MILLION), "Ns.")],
    ["a million marks", assemble("(".repeat(MILLION), ".")],
    ["a list within itself", assemble("]", 0x94, "h\0a.")],
    ["a dict within itself", assemble("}", 0x94, "Nh\0s.")],
    ["a dict within itself, before its key that isn't text", assemble("}", 0x94, text("a"), "h\0sK\x01K\x01s.")],
    ["a tuple within itself, by a list", assemble("]", 0x94, 0x85, 0x94, "h\0h\x01a", 0x86, ".")],
    ["ten of each other, thirty times", assemble("(", doubled("N\x94", 30, 10), "t.")],
    ["two of each other, a hundred times", assemble("(", doubled("]\x94", 100, 2), "t.")],
    [
      "a long text, half a million times",
      assemble("(X\0\0\x10\0", "x".repeat(0x100000), "\x94", "h\0".repeat(500_000), "t."),
    ],
    [
      "a long int, half a million times",
      assemble("(", 0x8b, "\0\x06\0\0", "\x7f".repeat(0x600), "\x94", "h\0".repeat(500_000), "t."),
    ],
    ["text of more than there is", assemble("X\xff\xff\xff\xffa.")],
    ["text of 2^63 bytes", assemble(0x8d, "\xff\xff\xff\xff\xff\xff\xff\x7f", "a.")],
    ["bytes of more than there is", assemble("B\xff\xff\xff\xffa.")],
    ["a bytearray of 2^63 bytes", assemble(0x96, "\0\0\0\0\0\0\0\x80", ".")],
    ["an int of more than there is", assemble(0x8b, "\xff\xff\xff\x7f", ".")],
    ["a frame of more than there is", assemble(0x95, "\xff\0\0\0\0\0\0\0", "N.")],
    ["an int of a million bytes", assemble(0x8b, "\x40\x42\x0f\0", "\x7f".repeat(MILLION), ".")],
    ["an int of a million digits", assemble("L", "9".repeat(MILLION), "L\n.")],
    ["a thousand digits, of ten thousand ints", assemble("(", `I${"9".repeat(1000)}\n`.repeat(10_000), ".")],
    ["a million lines that don't end", assemble("V\n0".repeat(MILLION))],
    ["more than 16 MiB", assemble("(", "N".repeat(16 * 1024 * 1024), "t.")],
  ])("%s", async (_, pickled) => {
    expect(await cpuTime(() => refusal(pickled))).toBeLessThan(SOON);
  });

  it.each<[string, Buffer]>([
    ["lists in each other", assemble("]".repeat(900), "a".repeat(899), ".")],
    ["tuples in each other", assemble(")", "\x85".repeat(900), ".")],
    ["dicts in each other", assemble("}K\x01".repeat(900), "}", "s".repeat(900), ".")],
    ["frozensets in each other", assemble("(".repeat(900), "\x91".repeat(900), ".")],
    ["tuples as a key", assemble("}N", "\x85".repeat(900), "Ns.")],
    ["ten of each other, four times", assemble("(", doubled("N\x94", 4, 10), "t.")],
    ["a long text, three times", assemble("(X\0\0\x10\0", "x".repeat(0x100000), "\x94", "h\0".repeat(2), "t.")],
    [
      "a long int, a hundred times",
      assemble("(", 0x8b, "\0\x06\0\0", "\x7f".repeat(0x600), "\x94", "h\0".repeat(99), "t."),
    ],
    ["a thousand digits", assemble("(", `I${"9".repeat(1000)}\n`.repeat(10), "t.")],
  ])("reads the same, smaller: %s", (_, pickled) => {
    expect(pickle5.read(pickled)).toBeDefined();
  });

  it("millions of small values are read: the bounds are for what is small and isn't", () => {
    const pickled = assemble("(", "K\x01".repeat(2 * MILLION), "t.");
    expect(pickle5.read(pickled)).toHaveLength(2 * MILLION);
  });

  it("a text that stands often is read", () => {
    const often = { list: Array.from({ length: 1000 }, () => "x".repeat(1000)) };
    expect(pickle5.read(pickle5.write(often))).toStrictEqual(often);
  });
});
