import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isIncompressible } from "../../src/flask/cookie-incompressible.ts";

function saves(text: string): boolean {
  const bytes = Buffer.from(text);
  return deflateSync(bytes).length < bytes.length - 1;
}

describe("a text that is said to be incompressible", () => {
  const letters = (alphabet: string) => fc.constantFrom(...alphabet);
  const texts = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string({ unit: letters("ab"), maxLength: 100 }),
    fc.string({ unit: letters("abcdefgh"), maxLength: 100 }),
    fc.string({ unit: letters("0123456789abcdef"), maxLength: 100 }),
    fc.string({ maxLength: 100 }),
    fc
      .array(fc.constantFrom('","', '":"', "user", "_id", "true", "x", "7", "é", "Q"), { maxLength: 30 })
      .map((parts) => parts.join("")),
  );

  it("is one on which zlib saves nothing", () => {
    fc.assert(
      fc.property(texts, (text) => {
        if (isIncompressible(Buffer.from(text))) expect(saves(text)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    // Many characters, each about as often as its neighbours: their table takes a fraction of a bit for each.
    "NOJ<aAi:^HiBRFKN[N]JVL<`JP9g_@cYdJBeXKSVehIGJfKd;Zfg>=SGiJh9hO?CJ=J@?LN;bgQUhfP\\eOFTZJdYODE",
    ",33CJE=.7*HML>;5/142@A2>GB2+-J<1JA+4,H>3,L09N+,I<BF6=<??-K*/N:JKL.HI8DM01)@M",
  ])("isn't one that zlib shortens by very little: %s", (text) => {
    expect(saves(text)).toBe(true);
    expect(isIncompressible(Buffer.from(text))).toBe(false);
  });

  it.each(["", "{}", '{"user_id":42}', '{"_permanent":true,"user_id":42}', '{"name":"alice","user_id":42}'])(
    "is any short session: %s",
    (text) => {
      expect(isIncompressible(Buffer.from(text))).toBe(true);
    },
  );

  it("is never one that repeats itself", () => {
    for (let length = 20; length < 200; length++) expect(isIncompressible(Buffer.alloc(length, 97))).toBe(false);
  });
});
