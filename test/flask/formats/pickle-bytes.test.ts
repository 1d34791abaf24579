import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pickle0, pickle4, pickle5, readPickle } from "../../../src/flask/formats/pickle.ts";
import { DateTime, Float, type PyDict, type PyValue, Uuid } from "../../../src/flask/python/values.ts";
import { assemble, bytes, call, FRAMES, numbered, text, upTo } from "./lib/pickle.ts";

const FORMATS = { 0: pickle0, 4: pickle4, 5: pickle5 };
const NOON = Date.UTC(2024, 1, 29, 12, 34, 56) / 1000;
const hex = (pickled: Uint8Array): string => Buffer.from(pickled).toString("hex");
const read = (pickled: Uint8Array): PyValue | undefined => pickle5.read(pickled);

describe("writing as Python does", () => {
  it.each<[string, PyValue, 0 | 4 | 5, string]>([
    ["no frame for three bytes", null, 4, "80044e2e"],
    ["empty bytes by name", new Uint8Array(), 0, hex(assemble("c__builtin__\nbytes\np0\n(tRp1\n."))],
    ["a float by its repr", new Float(1e16), 0, hex(assemble("F1e+16\n."))],
    [
      "half a character",
      "\ud800",
      4,
      `8004950700000000000000${hex(assemble(0x8c, 3, Buffer.from("eda080", "hex"), 0x94, "."))}`,
    ],
  ])("%s", (_, value, protocol, expected) => {
    expect(hex(FORMATS[protocol].write(value as PyDict))).toBe(expected);
  });

  // Digests of what CPython 3.11 writes.
  it.each<[string, PyDict, Record<string, string>]>([
    [
      "a thousand in a batch",
      numbered(1000),
      {
        0: "33a466a02cfb8cbe54d78313c68efa87feaa65391d3c88e75f788bf5c9e3996b",
        4: "b36d0f48c2e7b32ba39aa5f53175cac48c11400aeac7aa64a6b35c498c0630aa",
        5: "691baf1b92dda43c5233762c760c60058ca75ff563901f2193cd41133108aa5b",
      },
    ],
    [
      "a thousand in a batch, and one in the next",
      numbered(1001),
      {
        0: "7959be8fd636bed6921d785788256d9d525673de7a4c18bba25aca9142ae4a1b",
        4: "57f25531371c615288460a31b23586c7df7ad0213da6d5e5f123fc249e0c7ba1",
        5: "b8e59f53c73a1e8f45f721ef3c27dc42d818f36ffe9599a76b2d95a8d5bbc2a4",
      },
    ],
    [
      "frames",
      FRAMES,
      {
        0: "2bd5d91acd42cb5d5d00b56b55b98700bd45b78ac25333551350595f16aca5bf",
        4: "269e0c04d9d4f550a371639027292800e529c9f7fbb6cdf850b9dee960419118",
        5: "7d78ae6ca53a7d88f3e3209884cc8370546b8af52664ba82d71da62de4a6a351",
      },
    ],
    [
      "a set of a thousand",
      { set: new Set(upTo(1000)) },
      {
        4: "8ca32602224f21a82827a6b67f16060849821791ce131078525721142319f284",
        5: "8b95c6a6d0d6693b1f4f5709f6d73f6ea7e105ef534abff18d027d9199137d45",
      },
    ],
    [
      "a set of a thousand and one",
      { set: new Set(upTo(1001)) },
      {
        4: "92954ae094b00349738a59c2fdbb9298dd532a3c11b52ef4a5f5eba3dea7a066",
        5: "d485ef36f30aba9fa0e8e0da9d0cee6c4b848bfd64ed8796679ea62046f48cec",
      },
    ],
  ])("%s", (_, value, digests) => {
    const written = Object.keys(digests).map((protocol) => {
      const pickled = FORMATS[Number(protocol) as 0 | 4 | 5].write(value);
      return [protocol, createHash("sha256").update(pickled).digest("hex")];
    });
    expect(Object.fromEntries(written)).toStrictEqual(digests);
  });

  it("names a text only once, and Python's own names apart from it", () => {
    const pickled = Buffer.from(pickle4.write({ uuid: new Uuid("0".repeat(32)), int: "uuid" })).toString("latin1");
    expect(pickled.split("\x8c\x04uuid").length - 1).toBe(2);
    expect(pickled.split("\x8c\x03int").length - 1).toBe(2);
  });
});

describe("reading", () => {
  it("says where the pickle ended", () => {
    const first = assemble("I7\n.");
    const both = Buffer.concat([first, pickle5.write({ a: 1 })]);
    expect(readPickle(both)).toStrictEqual({ value: 7, length: first.length });
    expect(readPickle(both.subarray(first.length))).toMatchObject({ value: { a: 1 } });
    expect(read(both)).toBeUndefined();
  });

  it("takes a view of a larger buffer, and keeps none of it", () => {
    const large = Buffer.concat([Buffer.alloc(3), pickle5.write({ b: Uint8Array.of(7) }), Buffer.alloc(3)]);
    const found = read(new Uint8Array(large.buffer, large.byteOffset + 3, large.length - 6)) as PyDict;
    large.fill(0);
    expect(found).toStrictEqual({ b: Uint8Array.of(7) });
  });

  it.each<[string, Buffer, PyValue]>([
    [
      "protocol 1's ints and floats",
      assemble("]q\0(K\x05M\0\x01J\xff\xff\xff\xffL12345678901234567890L\nG?\xf8\0\0\0\0\0\0e."),
      [5, 256, -1, 12345678901234567890n, 1.5],
    ],
    ["protocol 0's bools", assemble("(lI01\naI00\naI1\na."), [true, false, 1]],
    ["LONG4", assemble(0x8b, "\x02\0\0\0\0\x80", "."), -32768],
    ["an empty LONG1", assemble(0x8a, 0, "."), 0],
    [
      "long forms",
      assemble("]", 0x8d, "\x01\0\0\0\0\0\0\0a", "r\x05\0\0\0a", 0x8e, "\x01\0\0\0\0\0\0\0a", "aj\x05\0\0\0a."),
      ["a", Uint8Array.of(97), "a"],
    ],
    [
      "a fold",
      assemble(call("datetime", "datetime", bytes("07e8821d0c22380c0a08")), "."),
      new DateTime(NOON, 789_000_000, undefined),
    ],
    [
      "a named time zone",
      assemble(
        call(
          "datetime",
          "datetime",
          bytes("07e8021d0c2238000000"),
          call(
            "datetime",
            "timezone",
            call("datetime", "timedelta", assemble("K\0"), assemble("M\x10\x0e"), assemble("K\0")),
            text("CET"),
          ),
        ),
        ".",
      ),
      new DateTime(NOON - 3600, 0, 3600),
    ],
    [
      "a UUID that knows whether it is safe",
      assemble(text("uuid"), text("UUID"), 0x93, ")", 0x81, "}(", text("int"), "K\x05", text("is_safe"), "K\0ub."),
      new Uuid(`${"0".repeat(31)}5`),
    ],
    [
      "a dict whose later key isn't text, named before",
      assemble("]}", 0x94, "(", text("a"), "K\x01K\x02K\x03uah\0a."),
      [
        new Map<PyValue, PyValue>([
          ["a", 1],
          [2, 3],
        ]),
        new Map<PyValue, PyValue>([
          ["a", 1],
          [2, 3],
        ]),
      ],
    ],
  ])("%s", (_, pickled, value) => {
    expect(read(pickled)).toStrictEqual(value);
  });
});
