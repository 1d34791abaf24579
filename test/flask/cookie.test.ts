import { deflateSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFlaskCookie, writeFlaskCookie } from "../../src/flask/cookie.ts";
import { CookieSigner } from "../../src/flask/cookie-signer.ts";
import { Markup, Tuple, Uuid } from "../../src/flask/python/values.ts";
import { Signer } from "../../src/flask/signing.ts";
import { cookieVectors } from "./cookie-vectors.ts";
import responses from "./vectors/flask-response.json" with { type: "json" };

const NOW = new Date(1_700_000_000_000);
const LIFETIME = 2_678_400;
const BASIC = "eyJ1c2VyX2lkIjo0MiwibmFtZSI6ImFsaWNlIn0.ZVPxAA.DmfzSjaWIXP7QUg5uB0Jg_Tv4iU";
const DATA = { user_id: 42, name: "alice" };

function later(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

function read(value: string | undefined, now = NOW): Record<string, unknown> | undefined {
  return readFlaskCookie(value, { SECRET_KEY: "dev", now });
}

/** Any content, with a signature that holds. */
function sign(content: string): string {
  return new Signer(["dev"], "cookie-session").sign(content);
}

function base64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes as string).toString("base64url");
}

/** The text within a cookie, and what is beside it. */
function open(cookie: string): { text: string; isCompressed: boolean } {
  const payload = cookie.slice(0, cookie.lastIndexOf(".", cookie.lastIndexOf(".") - 1));
  const isCompressed = payload.startsWith(".");
  const bytes = Buffer.from(payload.slice(isCompressed ? 1 : 0), "base64url");
  return { text: (isCompressed ? inflateSync(bytes) : bytes).toString(), isCompressed };
}

describe("Flask's cookies", () => {
  it.each(cookieVectors)("are opened, and signed the same: $name", ({ secret, fallbacks, now, json, cookie }) => {
    const signer = new CookieSigner([secret, ...fallbacks]);
    const opened = signer.open(cookie, now, LIFETIME);
    expect(opened?.payload.toString()).toBe(json);
    expect(opened?.signedAt).toEqual(now);
    expect(opened?.key).toBe(0);
    const signed = signer.sign(Buffer.from(json), now);
    expect(open(signed)).toEqual(open(cookie));
    if (!cookie.startsWith(".")) expect(signed).toBe(cookie);
    expect(signer.open(signed, now, LIFETIME)).toEqual(opened);
  });

  const written = responses.vectors.flatMap(({ name, now, json, expectedSetCookie }) => {
    const [, cookie] = /^\w+=([^;]+)/.exec(expectedSetCookie ?? "") ?? [];
    return json === null || cookie === undefined ? [] : [{ name, now: new Date(now * 1000), json, cookie }];
  });

  it.each(written)("of a response are written from their data: $name", ({ now, json, cookie }) => {
    const data = readFlaskCookie(cookie, { SECRET_KEY: responses.secret, now });
    const again = writeFlaskCookie(data ?? {}, { SECRET_KEY: responses.secret, now });
    expect(open(again)).toEqual({ text: json, isCompressed: cookie.startsWith(".") });
    if (!cookie.startsWith(".")) expect(again).toBe(cookie);
  });

  // As tests/test_basic.py of Flask, test_session_special_types.
  it("keep special types", () => {
    const data = {
      t: Tuple.of(1, 2, 3),
      u: new Uuid("12345678-1234-5678-1234-567812345678"),
      b: new Uint8Array([255]),
      m: new Markup("<b>"),
      dt: new Date(1_709_210_096_000),
      l: [Tuple.of("a"), new Uint8Array([1])],
      big: 2n ** 64n,
    };
    const value = writeFlaskCookie(data, { SECRET_KEY: "dev", now: NOW });
    expect(read(value)).toStrictEqual(data);
  });

  it("are written with their keys sorted", () => {
    expect(open(writeFlaskCookie(DATA, { SECRET_KEY: "dev" })).text).toBe('{"name":"alice","user_id":42}');
  });

  it("are compressed by Flask's rule: where that saves two characters", () => {
    for (let length = 0; length < 60; length++) {
      const json = `{"a":"${"x".repeat(length)}"}`;
      const { isCompressed } = open(writeFlaskCookie({ a: "x".repeat(length) }, { SECRET_KEY: "dev" }));
      expect(isCompressed).toBe(deflateSync(json).length < json.length - 1);
    }
  });

  it("of any data are read as they were written", () => {
    const keys = fc.string({ unit: "grapheme", maxLength: 10 });
    const values = fc.jsonValue({ noNegativeZero: true, stringUnit: "binary" } as fc.JsonSharedConstraints);
    fc.assert(
      fc.property(fc.dictionary(keys, values, { noNullPrototype: true }), (data) => {
        const value = writeFlaskCookie(data, { SECRET_KEY: "dev", now: NOW });
        expect(value).toMatch(/^\.?[\w-]+\.[\w-]+\.[\w-]{27}$/);
        expect(read(value)).toEqual(data);
      }),
    );
  });
});

describe("the age of a cookie", () => {
  it.each([
    [0, DATA],
    [LIFETIME, DATA],
    [LIFETIME + 0.999, DATA],
    [LIFETIME + 1, undefined],
    [-0.001, undefined],
    [-1, undefined],
  ])("of %d seconds", (age, data) => {
    expect(read(BASIC, later(age))).toEqual(data);
  });

  it("may be as much as the lifetime, in whole seconds", () => {
    const inTime = (seconds: number, PERMANENT_SESSION_LIFETIME: number) =>
      readFlaskCookie(BASIC, { SECRET_KEY: "dev", PERMANENT_SESSION_LIFETIME, now: later(seconds) });
    expect(inTime(0, 0)).toEqual(DATA);
    expect(inTime(1, 0)).toBeUndefined();
    expect(inTime(2, 1.9)).toBeUndefined();
    expect(inTime(60, 60)).toEqual(DATA);
  });

  it("is counted from now unless said otherwise", () => {
    const fresh = writeFlaskCookie(DATA, { SECRET_KEY: "dev" });
    expect(readFlaskCookie(fresh, { SECRET_KEY: "dev" })).toEqual(DATA);
    expect(readFlaskCookie(BASIC, { SECRET_KEY: "dev" })).toBeUndefined();
  });

  it("is signed in as few bytes as hold it", () => {
    const signer = new CookieSigner(["dev"]);
    for (const seconds of [0, 1, 255, 256, 1_700_000_000, 2 ** 32, 253_402_300_799]) {
      const now = new Date(seconds * 1000);
      const value = signer.sign(Buffer.from("{}"), now);
      expect(signer.open(value, now, 0)?.signedAt).toEqual(now);
    }
    expect(signer.sign(Buffer.from("{}"), new Date(0))).toMatch(/^e30\.\./);
    expect(signer.sign(Buffer.from("{}"), new Date(256_000))).toMatch(/^e30\.AQA\./);
  });
});

describe("a cookie that was tampered with", () => {
  it("is refused with any character changed, but for the bits of the signature that no byte has", () => {
    for (let index = 0; index < BASIC.length; index++) {
      for (const other of "A_.=!é") {
        if (other === BASIC[index]) continue;
        expect(read(BASIC.slice(0, index) + other + BASIC.slice(index + 1))).toBeUndefined();
      }
    }
  });

  // As Flask: Python's base64 has many spellings for the same bytes.
  it.each(["V", "W", "X", "U=", "U==", "U=junk", "U!!!!"])("may end in %s", (end) => {
    expect(read(BASIC.slice(0, -1) + end)).toEqual(DATA);
  });

  it.each(["Y", "", "U!", "UA", "U.", "U "])("may not end in %j", (end) => {
    expect(read(BASIC.slice(0, -1) + end)).toBeUndefined();
  });

  it("is refused cut at any length, at either end", () => {
    for (let length = 0; length < BASIC.length; length++) {
      expect(read(BASIC.slice(0, length))).toBeUndefined();
      expect(read(BASIC.slice(BASIC.length - length))).toBeUndefined();
    }
  });

  it("is refused under another key or salt", () => {
    expect(readFlaskCookie(BASIC, { SECRET_KEY: "de", now: NOW })).toBeUndefined();
    expect(read(new Signer(["dev"], "other").sign(BASIC.slice(0, BASIC.lastIndexOf("."))))).toBeUndefined();
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(read(text)).toBeUndefined();
      }),
    );
    expect(read(undefined)).toBeUndefined();
    expect(read(".".repeat(100_000))).toBeUndefined();
  });
});

describe("what a signature covers", () => {
  const JSON_TEXT = base64url('{"a":1}');
  const ZIPPED = deflateSync('{"a":1}');
  const TIME = "ZVPxAA";

  // What Flask 3.1.3 decides on each.
  it.each([
    ["a padded payload", `${JSON_TEXT}=.${TIME}`],
    ["a padded timestamp", `${JSON_TEXT}.${TIME}==`],
    ["a timestamp of eight bytes", `${JSON_TEXT}.AAAAAGVT8QA`],
    ["a compressed payload", `.${base64url(ZIPPED)}.${TIME}`],
    ["one with more behind it", `.${base64url(Buffer.concat([ZIPPED, Buffer.from("junk")]))}.${TIME}`],
    ["pairs", `${base64url('[["a",1]]')}.${TIME}`],
  ])("is read: %s", (_, content) => {
    expect(read(sign(content))).toEqual({ a: 1 });
  });

  it("is an empty session where it is null", () => {
    expect(read(sign(`${base64url("null")}.${TIME}`))).toEqual({});
  });

  it.each([
    ["no timestamp", JSON_TEXT],
    ["an empty timestamp", `${JSON_TEXT}.`],
    ["a timestamp that isn't base64", `${JSON_TEXT}.!${TIME}`],
    ["a timestamp of nine bytes", `${JSON_TEXT}.AAAAAABlU_EA`],
    ["a timestamp beyond all numbers", `${JSON_TEXT}.__________8`],
    ["an endless timestamp", `${JSON_TEXT}.${"A".repeat(100_000)}`],
    ["nothing", `.${TIME}`],
    ["only a dot", `..${TIME}`],
    ["a payload that isn't base64", `A.${TIME}`],
    ["a payload with an end amid it", `e=30.${TIME}`],
    ["compressed, without the dot", `${base64url(ZIPPED)}.${TIME}`],
    ["not compressed, with the dot", `.${JSON_TEXT}.${TIME}`],
    ["compressed, but cut", `.${base64url(ZIPPED.subarray(0, -1))}.${TIME}`],
    ["half an object", `${base64url('{"a":1')}.${TIME}`],
    ["a number", `${base64url("1")}.${TIME}`],
    ["true", `${base64url("true")}.${TIME}`],
    ["text", `${base64url('"ab"')}.${TIME}`],
    ["a date", `${base64url('{" d":"Thu, 29 Feb 2024 12:34:56 GMT"}')}.${TIME}`],
    ["a bad tag", `${base64url('{"a":{" t":5}}')}.${TIME}`],
    ["no UTF-8", `${base64url(Buffer.from([0xff]))}.${TIME}`],
  ])("isn't a session: %s", (_, content) => {
    expect(read(sign(content))).toBeUndefined();
  });

  it("is decompressed to a megabyte at most", () => {
    const bomb = (length: number) => `.${base64url(deflateSync(`{"a":"${"x".repeat(length)}"}`))}.${TIME}`;
    expect(read(sign(bomb(1_000_000)))).toEqual({ a: "x".repeat(1_000_000) });
    const huge = sign(bomb(50_000_000));
    const before = process.memoryUsage().arrayBuffers;
    expect(read(huge)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});

describe("keys", () => {
  // As tests/test_basic.py of Flask, test_session_secret_key_fallbacks.
  it("that were replaced still open, and no longer sign", () => {
    const value = writeFlaskCookie({ a: 1 }, { SECRET_KEY: "first", now: NOW });
    const open = (...SECRET_KEY_FALLBACKS: string[]) =>
      readFlaskCookie(value, { SECRET_KEY: "new", SECRET_KEY_FALLBACKS, now: NOW });
    expect(open()).toBeUndefined();
    expect(open("second")).toBeUndefined();
    expect(open("first")).toEqual({ a: 1 });
    expect(open("first", "second")).toEqual({ a: 1 });
    expect(new CookieSigner(["new", "second", "first"]).open(value, NOW, 0)?.key).toBe(2);
  });

  it("are text or bytes", () => {
    const { cookie = "", secret = "", now = NOW } = cookieVectors.find(({ name }) => name === "bytes secret") ?? {};
    expect(readFlaskCookie(cookie, { SECRET_KEY: secret, now })).toEqual({ a: 1 });
    expect(read(writeFlaskCookie({ a: 1 }, { SECRET_KEY: Buffer.from("dev"), now: NOW }))).toEqual({ a: 1 });
  });
});

describe("options that can't be right", () => {
  it.each([
    [{ SECRET_KEY: "" }, "SECRET_KEY: "],
    [{ SECRET_KEY: "dev", SECRET_KEY_FALLBACKS: "old" as unknown as string[] }, "SECRET_KEY_FALLBACKS: "],
    [{ SECRET_KEY: "dev", PERMANENT_SESSION_LIFETIME: -1 }, "PERMANENT_SESSION_LIFETIME: "],
    [{ SECRET_KEY: "dev", PERMANENT_SESSION_LIFETIME: Number.NaN }, "PERMANENT_SESSION_LIFETIME: "],
    [{ SECRET_KEY: "dev", now: new Date(Number.NaN) }, "now: "],
  ])("%j", (options, start) => {
    expect(() => readFlaskCookie(BASIC, options)).toThrow(TypeError);
    expect(() => readFlaskCookie(BASIC, options)).toThrow(start);
    expect(() => readFlaskCookie(undefined, options)).toThrow(start);
  });

  it("in writing, too, and data that is none", () => {
    expect(() => writeFlaskCookie({}, { SECRET_KEY: "" })).toThrow(/^SECRET_KEY: /);
    expect(() => writeFlaskCookie({}, { SECRET_KEY: "dev", now: new Date(-1) })).toThrow(/^now: /);
    expect(() => writeFlaskCookie([] as never, { SECRET_KEY: "dev" })).toThrow(/^data: /);
    expect(() => writeFlaskCookie({ a: new Set() }, { SECRET_KEY: "dev" })).toThrow(/session\.a: /);
  });
});
