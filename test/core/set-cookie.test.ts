import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CookieOptions, cookieWriter } from "../../src/core/set-cookie.ts";

const DAY = 86_400_000;
const line = (options?: CookieOptions, secure = true, maxAge?: number) =>
  cookieWriter(options).set("v", secure, maxAge);
/** For values that the types refuse. */
const wrong = (options: Record<string, unknown>) => () => cookieWriter(options as CookieOptions);

describe("a Set-Cookie line", () => {
  it("has strict attributes by default", () => {
    expect(line()).toBe("session=v; Path=/; HttpOnly; SameSite=Lax; Secure");
    expect(line({}, true, 1500)).toBe("session=v; Max-Age=2; Path=/; HttpOnly; SameSite=Lax; Secure");
  });

  it("has all that were chosen", () => {
    const options: CookieOptions = {
      name: "__Secure-sid",
      path: "/shop",
      domain: "example.com",
      httpOnly: false,
      sameSite: "none",
      partitioned: true,
    };
    expect(line(options)).toBe("__Secure-sid=v; Path=/shop; Domain=example.com; SameSite=None; Partitioned; Secure");
    expect(line({ sameSite: "strict", secure: false })).toBe("session=v; Path=/; HttpOnly; SameSite=Strict");
  });

  it("is cleared with the attributes it was set with", () => {
    const options: CookieOptions = { path: "/shop", domain: "example.com", sameSite: "none", partitioned: true };
    const writer = cookieWriter(options);
    const attributes = "; Path=/shop; Domain=example.com; HttpOnly; SameSite=None; Partitioned; Secure";
    expect(writer.set("v", true)).toBe(`session=v${attributes}`);
    expect(writer.clear(true)).toBe(`session=; Max-Age=0${attributes}`);
  });

  it.each([
    [true, true, true],
    [true, false, true],
    [false, true, false],
    [false, false, false],
    ["auto", true, true],
    ["auto", false, false],
  ] as const)("secure: %s, over TLS %s: Secure %s", (secure, overTls, expected) => {
    const writer = cookieWriter({ secure });
    expect(writer.set("v", overTls).includes("; Secure")).toBe(expected);
    expect(writer.clear(overTls).includes("; Secure")).toBe(expected);
  });

  it.each([
    [0, 0],
    [1, 1],
    [1000, 1],
    [399 * DAY, 399 * 86_400],
    [401 * DAY, 400 * 86_400],
    [365_000 * DAY, 400 * 86_400],
  ])("Max-Age of %s ms is %s s", (maxAge, seconds) => {
    expect(line({}, true, maxAge)).toContain(`; Max-Age=${seconds};`);
  });
});

describe("a wrong cookie option", () => {
  it.each<[keyof CookieOptions | string, unknown[]]>([
    ["name", ["", "a b", "a;b", "a=b", "a,b", "a\nb", "é", "a\0", '"a"', "(a)", null, 7, ["a"]]],
    ["path", ["", "shop", "/a;b", "/a\nb", "/a\0", "/é", "/\x7f", null, 7]],
    ["domain", ["", "-a.com", "a..b", "a;b", "a b", "a.com\n", "a.com/", "http://a.com", "a_b.com", "é.com", null, 7]],
    ["httpOnly", [0, 1, "true", "", null]],
    ["secure", [0, 1, "true", "always", "", null]],
    ["sameSite", ["Lax", "", "default", true, false, null, "toString", "__proto__"]],
    ["partitioned", [0, 1, "true", null]],
    ["maxAge", [1]],
    ["expires", [new Date(0)]],
    ["signed", [true]],
    ["__proto__x", [1]],
  ])("%s is a TypeError that names it", (option, values) => {
    for (const value of values) {
      expect(wrong({ [option]: value }), String(value)).toThrow(TypeError);
      expect(wrong({ [option]: value }), String(value)).toThrow(`cookie.${option}: `);
    }
  });

  it.each([null, "session", 7, true])("%s instead of options is a TypeError", (options) => {
    expect(() => cookieWriter(options as unknown as CookieOptions)).toThrow(/^cookie: /);
  });

  it("drops no attribute unsaid: what browsers refuse is refused here", () => {
    expect(wrong({ sameSite: "none", secure: false })).toThrow(/^cookie\.sameSite: .*secure/);
    expect(wrong({ partitioned: true, secure: false })).toThrow(/^cookie\.partitioned: .*secure/);
    expect(wrong({ partitioned: true, secure: "auto" })).toThrow(/^cookie\.partitioned: .*secure/);
  });

  it("undefined means the default", () => {
    const none = { name: undefined, path: undefined, domain: undefined, secure: undefined, sameSite: undefined };
    expect(line(none as unknown as CookieOptions)).toBe(line());
  });
});

describe("prefixes", () => {
  it.each<[string, CookieOptions, boolean]>([
    ["__Host-", {}, true],
    ["__host-", { path: "/x" }, false],
    ["__Host-", { path: "/x" }, false],
    ["__Host-", { domain: "a.com" }, false],
    ["__Host-", { secure: false }, false],
    ["__HOST-", { secure: "auto" }, false],
    ["__Secure-", {}, true],
    ["__Secure-", { path: "/x", domain: "a.com" }, true],
    ["__sEcure-", { secure: false }, false],
    ["__Secure-", { secure: "auto" }, false],
    ["__Http-", {}, true],
    ["__Http-", { httpOnly: false }, false],
    ["__Http-", { secure: false }, false],
    ["__Host-Http-", {}, true],
    ["__Host-Http-", { httpOnly: false }, false],
    ["__Host-Http-", { path: "/x" }, false],
    ["Host-", { secure: false, path: "/x" }, true],
  ])("%s with %j: allowed %s", (prefix, options, allowed) => {
    const attempt = wrong({ ...options, name: `${prefix}sid` });
    if (allowed) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(/^cookie\.name: /);
  });
});

describe("injection", () => {
  it("is impossible: whatever the options, the line has no control character and no attribute but those meant", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.stringMatching(/^[a-z0-9.-]{1,8}$/),
      fc.constantFrom("/", "/a;b", "a.com", "a\r\nb", "x; Secure"),
    );
    const options = fc.record(
      { name: anything, path: anything.map((text) => `/${text}`), domain: anything },
      { requiredKeys: [] },
    );
    let written = 0;
    fc.assert(
      fc.property(options, (chosen) => {
        let text: string;
        try {
          text = line(chosen, true, 1000);
        } catch (error) {
          return error instanceof TypeError;
        }
        written++;
        const attributes = text
          .split("; ")
          .slice(1)
          .map((attribute) => attribute.split("=")[0]);
        const meant = [
          "Max-Age",
          "Path",
          ...(chosen.domain === undefined ? [] : ["Domain"]),
          "HttpOnly",
          "SameSite",
          "Secure",
        ];
        expect(attributes).toEqual(meant);
        return /^[\x20-\x7e]*$/.test(text) && text.split(";").length === meant.length + 1;
      }),
      { numRuns: 1000 },
    );
    expect(written).toBeGreaterThan(20);
  });
});
