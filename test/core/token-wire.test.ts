import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenWire } from "../../src/core/token-wire.ts";
import { OLD_SECRET, SECRET } from "./lib/stores.ts";

const plain = tokenWire("session", []);
const signed = tokenWire("session", [SECRET]);
const token = plain.mint();
const value = signed.write(token);
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("a token", () => {
  it("is 256 random bits in 43 characters, each time others", () => {
    const tokens = Array.from({ length: 1000 }, () => plain.mint());
    expect(new Set(tokens).size).toBe(1000);
    for (const minted of tokens) expect(minted).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("without a secret stands in the cookie as it is", () => {
    expect(plain.write(token)).toBe(token);
    expect(plain.read(token)).toEqual({ token, outdated: false });
    expect(plain.verifies).toBe(false);
  });

  it.each([
    ["empty", ""],
    ["too short", token.slice(1)],
    ["too long", `${token}A`],
    ["of another alphabet", `${token.slice(1)}+`],
    ["with a space", `${token.slice(1)} `],
    ["with a line feed behind", `${token}\n`],
    ["with a path", "../../../../../../../../../../../etc/passwd/"],
    ["not ASCII", `${token.slice(1)}é`],
  ])("%s is refused before any I/O", (_name, text) => {
    expect(plain.read(text)).toBeUndefined();
    expect(signed.read(signed.write(text))).toBeUndefined();
  });
});

describe("a signed token", () => {
  it("is read as it was written", () => {
    expect(signed.read(value)).toEqual({ token, outdated: false });
    expect(signed.verifies).toBe(true);
  });

  it("is refused with any character changed to any other", () => {
    for (let index = 0; index < value.length; index++) {
      for (const other of `${ALPHABET}.=`) {
        if (other === value[index]) continue;
        expect(signed.read(value.slice(0, index) + other + value.slice(index + 1))).toBeUndefined();
      }
    }
  });

  it("is refused cut at any length, and with something added", () => {
    for (let length = 0; length < value.length; length++) {
      expect(signed.read(value.slice(0, length))).toBeUndefined();
      expect(signed.read(value.slice(value.length - length))).toBeUndefined();
    }
    for (const more of ["A", ".", "=", " ", "\0", "\n"]) {
      expect(signed.read(value + more)).toBeUndefined();
      expect(signed.read(more + value)).toBeUndefined();
    }
  });

  it("has its signature from its own token, name and secret", () => {
    const [, signature = ""] = value.split(".");
    expect(signed.read(`${plain.mint()}.${signature}`)).toBeUndefined();
    expect(tokenWire("session2", [SECRET]).read(value)).toBeUndefined();
    expect(tokenWire("session", [OLD_SECRET]).read(value)).toBeUndefined();
  });

  it("is needed where there is a secret, and refused where there is none", () => {
    expect(signed.read(token)).toBeUndefined();
    expect(plain.read(value)).toBeUndefined();
  });

  it("is read with an old secret, and known to be outdated; the first one signs", () => {
    const both = tokenWire("session", [OLD_SECRET, SECRET]);
    expect(both.read(value)).toEqual({ token, outdated: true });
    expect(both.read(both.write(token))).toEqual({ token, outdated: false });
    expect(signed.read(both.write(token))).toBeUndefined();
  });

  it("nothing else verifies, and nothing throws", () => {
    const part = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 43, maxLength: 43 });
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.tuple(part, part).map((parts) => parts.join(".")),
    );
    fc.assert(fc.property(text, (forged) => signed.read(forged) === undefined));
  });
});
