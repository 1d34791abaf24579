import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sealedWire } from "../../src/core/sealed-wire.ts";
import { OLD_SECRET, SECRET } from "./lib/stores.ts";

const wire = sealedWire("session", [SECRET]);
const payload = Buffer.from('{"user":"alice","_permanent":true}');
const end = new Date(1_900_000_000_123);
const sealed = wire.write(payload, end);

/** `value` with the bits of `mask` flipped in byte `index`. */
function flip(value: string, index: number, mask: number): string {
  const bytes = Buffer.from(value, "base64url");
  bytes[index] = Number(bytes[index]) ^ mask;
  return bytes.toString("base64url");
}

describe("a sealed cookie", () => {
  it("opens to what was sealed, and when it ends", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(), (bytes, time) => {
        const content = wire.read(wire.write(bytes, new Date(time)));
        expect(content?.expiresAt).toEqual(new Date(time));
        expect(content && Buffer.from(content.payload).equals(bytes)).toBe(true);
        expect(content?.outdated).toBe(false);
      }),
    );
  });

  it("shows nothing of its content, and never looks the same", () => {
    expect(Buffer.from(sealed, "base64url").includes("alice")).toBe(false);
    expect(wire.write(payload, end)).not.toBe(sealed);
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it("is refused with any bit flipped", () => {
    const length = Buffer.from(sealed, "base64url").length;
    for (let index = 0; index < length; index++) {
      for (let bit = 0; bit < 8; bit++) expect(wire.read(flip(sealed, index, 1 << bit))).toBeUndefined();
    }
  });

  it("of any payload is refused with any bit flipped", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(), (bytes, position) => {
        const value = wire.write(bytes, end);
        const bit = position % (Buffer.from(value, "base64url").length * 8);
        expect(wire.read(flip(value, bit >> 3, 1 << (bit & 7)))).toBeUndefined();
      }),
    );
  });

  it("is refused with any character changed", () => {
    for (let index = 0; index < sealed.length; index++) {
      const other = sealed[index] === "A" ? "B" : "A";
      expect(wire.read(sealed.slice(0, index) + other + sealed.slice(index + 1))).toBeUndefined();
    }
  });

  it("is refused cut at any length, at either end", () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(wire.read(sealed.slice(0, length))).toBeUndefined();
      expect(wire.read(sealed.slice(sealed.length - length))).toBeUndefined();
    }
  });

  it("is refused with something added", () => {
    for (const more of ["A", "AAAA", "=", "==", " ", "\0", ".", sealed]) {
      expect(wire.read(sealed + more)).toBeUndefined();
      expect(wire.read(more + sealed)).toBeUndefined();
    }
  });

  it.each([0, 1, 2])("has one spelling only (%s bytes over a multiple of three)", (over) => {
    const value = wire.write(Buffer.alloc(3 + over), end);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const accepted = [...alphabet].filter((last) => wire.read(value.slice(0, -1) + last) !== undefined);
    expect(accepted).toEqual([value.at(-1)]);
    expect(wire.read(value.replaceAll("-", "+").replaceAll("_", "/"))).toEqual(
      /[-_]/.test(value) ? undefined : wire.read(value),
    );
  });

  it("is bound to the cookie's name and to the secret", () => {
    expect(sealedWire("session2", [SECRET]).read(sealed)).toBeUndefined();
    expect(sealedWire("Session", [SECRET]).read(sealed)).toBeUndefined();
    expect(sealedWire("session", [OLD_SECRET]).read(sealed)).toBeUndefined();
  });

  it("has a version: the others are refused", () => {
    const first = Number(Buffer.from(sealed, "base64url")[0]);
    for (let version = 0; version < 256; version++) {
      expect(wire.read(flip(sealed, 0, first ^ version)) !== undefined).toBe(version === 1);
    }
  });

  it("is read with an old secret, and known to be outdated; the first one seals", () => {
    const both = sealedWire("session", [OLD_SECRET, SECRET]);
    expect(both.read(sealed)).toMatchObject({ outdated: true });
    expect(both.read(both.write(payload, end))).toMatchObject({ outdated: false });
    expect(wire.read(both.write(payload, end))).toBeUndefined();
  });

  it("longer than browsers keep is refused unread", () => {
    expect(wire.read(wire.write(Buffer.alloc(4096), end))).toBeUndefined();
  });

  it("nothing else opens, and nothing throws", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from([1, ...bytes]).toString("base64url")),
    );
    fc.assert(fc.property(value, (text) => wire.read(text) === undefined));
  });

  it("needs a secret", () => {
    expect(() => sealedWire("session", [])).toThrow(TypeError);
  });
});
