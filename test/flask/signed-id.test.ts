import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signId, unsignId } from "../../src/flask/signed-id.ts";
import { HmacSha1 } from "../../src/flask/signing-hmac.ts";
import signedIds from "./vectors/flask-signed-id.json" with { type: "json" };

describe("a signed session id", () => {
  it.each(signedIds.vectors)("is Flask-Session's: $name", ({ secret, sid, cookie }) => {
    expect(signId(sid, secret)).toBe(cookie);
    expect(signId(sid, Buffer.from(secret))).toBe(cookie);
    expect(unsignId(cookie, secret)).toBe(sid);
  });

  it.each(signedIds.derivedKeys)("has a key of its own for $salt and $secret", ({ secret, salt, keyHex }) => {
    expect(new HmacSha1(Buffer.from(secret)).digest(salt).toString("hex")).toBe(keyHex);
  });

  it("is split at its last dot", () => {
    expect(unsignId("a.b.0JBzgNDI8pzXNKl_03X6V92_fRg", "dev")).toBe("a.b");
  });

  it("may hold any text", () => {
    expect(unsignId("é.OmxSMamescRQuuA496btVFeXgp0", "dev")).toBe("é");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (id) => {
        expect(unsignId(signId(id, "dev"), "dev")).toBe(id);
      }),
    );
  });

  it("is refused under another key, or with any character of the id changed", () => {
    const [{ cookie = "" } = {}] = signedIds.vectors;
    expect(unsignId(cookie, "other")).toBeUndefined();
    for (let index = 0; index <= cookie.lastIndexOf("."); index++) {
      expect(unsignId(`${cookie.slice(0, index)}~${cookie.slice(index + 1)}`, "dev")).toBeUndefined();
    }
  });

  it.each(["", ".", "id", "id.", ".sig", "id.XrZumj9_5dnLqGtDF4nVSJ8T8X"])("is not %j", (value) => {
    expect(unsignId(value, "dev")).toBeUndefined();
  });

  it("needs a key and an id", () => {
    expect(() => signId("", "dev")).toThrow(new TypeError("id: takes the id of a session"));
    expect(() => signId("id", "")).toThrow(/^SECRET_KEY: /);
    expect(() => unsignId("id.sig", new Uint8Array())).toThrow(/^SECRET_KEY: /);
  });
});
