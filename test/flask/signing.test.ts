import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Signer, secretsOf } from "../../src/flask/signing.ts";
import { decodeBase64 } from "../../src/flask/signing-base64.ts";
import { HmacSha1 } from "../../src/flask/signing-hmac.ts";

describe("HMAC-SHA1", () => {
  it("is what node:crypto makes, for keys and texts of any length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "grapheme", maxLength: 200 }), (key, text) => {
        const expected = createHmac("sha1", key).update(text).digest();
        const hmac = new HmacSha1(key);
        expect(hmac.digest(text).equals(expected)).toBe(true);
        expect(hmac.base64url(text)).toBe(expected.toString("base64url"));
        expect(hmac.digest(text).equals(expected)).toBe(true);
      }),
    );
  });
});

describe("base64 as Python decodes it", () => {
  it("is read as it is written", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString("base64url"))?.equals(bytes)).toBe(true);
      }),
    );
  });

  // What itsdangerous 2.2.0 on Python 3.11 makes of each.
  it.each([
    ["", ""],
    ["YQ", "61"],
    ["YR", "61"],
    ["YWI", "6162"],
    ["YWJj", "616263"],
    ["YQ=", "61"],
    ["YQ==", "61"],
    ["YQ===", "61"],
    ["YQ==YWJj", "61"],
    ["Y!Q!!!!!", undefined],
    ["YQ!!", undefined],
    ["YQ!!!!", "61"],
    ["YQé", undefined],
    ["YW.I", undefined],
    [".YWI", undefined],
    [".YWJj", "616263"],
    ["=YWJj", "616263"],
    ["Y=WJj", "616263"],
    ["YW=Jj", "616263"],
    ["+/-_", "fbffbf"],
    ["+-/_", "fbefff"],
    ["Y", undefined],
    ["YWJjY", undefined],
    ["====", ""],
  ])("of %j is %j", (text, hex) => {
    expect(decodeBase64(text)?.toString("hex")).toBe(hex);
  });
});

describe("a signer", () => {
  const signed = new Signer(["new"], "salt").sign("text");

  it("signs with the first key, and verifies with all", () => {
    const older = new Signer(["old"], "salt").sign("text");
    const signer = new Signer(["new", "older", "old"], "salt");
    expect(signer.sign("text")).toBe(signed);
    expect(signer.verify(signed)).toEqual({ text: "text", key: 0 });
    expect(signer.verify(older)).toEqual({ text: "text", key: 2 });
    expect(new Signer(["new"], "salt").verify(older)).toBeUndefined();
  });

  it("has other keys for another salt", () => {
    expect(new Signer(["new"], "other").verify(signed)).toBeUndefined();
  });

  it("keeps no key beyond the last few dozen, and signs alike for all of them", () => {
    const signatures = () =>
      Array.from({ length: 200 }, (_, index) => new Signer([`key ${index}`], "salt").sign("text"));
    expect(signatures()).toEqual(signatures());
    expect(new Set(signatures()).size).toBe(200);
  });

  it("doesn't take bytes for the text of the same letters", () => {
    expect(new Signer([Buffer.from("é")], "salt").sign("text")).toBe(new Signer(["é"], "salt").sign("text"));
    expect(new Signer([Buffer.from("é", "latin1")], "salt").sign("text")).not.toBe(
      new Signer(["é"], "salt").sign("text"),
    );
  });
});

describe("keys", () => {
  it("are tried as Flask does: the current one, then the fallbacks from the last", () => {
    expect(secretsOf("now", ["oldest", "older"])).toEqual(["now", "older", "oldest"]);
    expect(secretsOf("now")).toEqual(["now"]);
  });

  it.each([
    ["", [], "SECRET_KEY: "],
    [new Uint8Array(), [], "SECRET_KEY: "],
    [undefined, [], "SECRET_KEY: "],
    [42, [], "SECRET_KEY: "],
    ["\ud800", [], "SECRET_KEY: "],
    ["key", "old", "SECRET_KEY_FALLBACKS: "],
    ["key", new Uint8Array(3), "SECRET_KEY_FALLBACKS: "],
    ["key", ["old", ""], "SECRET_KEY_FALLBACKS[1]: "],
    ["key", [7], "SECRET_KEY_FALLBACKS[0]: "],
  ])("%j with fallbacks %j are refused", (secret, fallbacks, start) => {
    expect(() => secretsOf(secret, fallbacks)).toThrow(TypeError);
    expect(() => secretsOf(secret, fallbacks)).toThrow(start);
  });
});
