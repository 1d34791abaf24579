import { describe, expect, it } from "vitest";
import { pickle5 } from "../../../src/flask/formats/pickle.ts";
import { assemble, global, LISTED, refusal, SAMPLES } from "./lib/pickle.ts";

const UNLISTED = Array.from({ length: 256 }, (_, opcode) => opcode).filter((opcode) => !LISTED.includes(opcode));

const NEWLINES = "\n".repeat(2);

describe("opcodes outside the list", () => {
  it.each(UNLISTED)("0x%i is refused wherever it stands", (opcode) => {
    refusal(assemble(opcode, "N."));
    refusal(assemble("N", opcode, "."));
    refusal(assemble("]N", opcode, "\0\0\0\0\0\0\0\0", NEWLINES, "a."));
    refusal(assemble(0x80, 4, "(NN", opcode, "N."));
  });

  it.each<[string, Buffer]>([
    ["POP", assemble("NN0.")],
    ["POP_MARK", assemble("N(N1.")],
    ["DUP", assemble("N2", 0x86, ".")],
    ["STRING", assemble("S'a'\n.")],
    ["BINSTRING", assemble("T\x01\0\0\0a.")],
    ["SHORT_BINSTRING", assemble("U\x01a.")],
    ["INST", assemble("(iposix\nsystem\n.")],
    ["INST of a listed class", assemble("(V1\nidecimal\nDecimal\n.")],
    ["OBJ", assemble("(cposix\nsystem\nVid\no.")],
    ["PERSID", assemble("Pid\n.")],
    ["BINPERSID", assemble("NQ.")],
    ["EXT1", assemble(0x82, 1, ".")],
    ["EXT2", assemble(0x83, "\x01\0", ".")],
    ["EXT4", assemble(0x84, "\x01\0\0\0", ".")],
    ["NEWOBJ_EX", assemble(global("uuid", "UUID"), ")}", 0x92, ".")],
    ["NEXT_BUFFER", assemble(0x97, ".")],
    ["READONLY_BUFFER", assemble("N", 0x98, ".")],
    ["protocol 6", assemble(0x80, 6, "N.")],
  ])("%s", (_, pickled) => {
    refusal(pickled);
  });
});

describe("what isn't well formed", () => {
  it.each<[string, Buffer]>([
    ["nothing", Buffer.of()],
    ["no end", assemble("N")],
    ["an end alone", assemble(".")],
    ["two values", assemble("NN.")],
    ["a mark that stays", assemble("(N.")],
    ["no mark", assemble("Nt.")],
    ["a value beneath the mark", assemble("]N(a.")],
    ["an append to a tuple", assemble(")Na.")],
    ["an item of a list", assemble("]NNs.")],
    ["an item of text", assemble("VN\nNa.")],
    ["items of a frozenset", assemble("(", 0x91, "(N", 0x90, ".")],
    ["a memo of nothing", assemble(0x94, "N.")],
    ["what isn't in the memo", assemble("h\x05.")],
    ["a negative index", assemble("Np-1\n.")],
    ["an index without digits", assemble("Np\n.")],
    ["a far index", assemble("Np999999999\n.")],
    ["a far binary index", assemble("Nr\xff\xff\xff\x7f.")],
    ["an int that isn't one", assemble("I0x10\n.")],
    ["an int with an underscore", assemble("I1_0\n.")],
    ["a bool that isn't one", assemble("I02\n.")],
    ["a float that isn't one", assemble("Finfinity\n.")],
    ["an escape cut off", assemble("V\\u00\n.")],
    ["an escape beyond Unicode", assemble("V\\U00110000\n.")],
    ["an escape of other letters", assemble("V\\u00zz\n.")],
    ["text that isn't UTF-8", assemble(0x8c, 1, "\xff.")],
    ["text of half a sequence", assemble(0x8c, 2, "\xed\xa0.")],
    ["an overlong form", assemble(0x8c, 2, "\xc0\x80.")],
  ])("%s", (_, pickled) => {
    refusal(pickled);
  });

  it("any of the vectors, cut off at any byte, or with one more", () => {
    for (const sample of SAMPLES) {
      for (let length = 0; length < sample.length; length++) refusal(sample.subarray(0, length));
      expect(pickle5.read(sample)).toBeDefined();
      expect(pickle5.read(assemble(sample, 0))).toBeUndefined();
    }
  });
});
