import { describe, expect, it } from "vitest";
import { isSensitiveName, isSensitiveText, MASK } from "../../src/inspect/mask.ts";
import { toPlain } from "../../src/inspect/plain.ts";
import { cpuTime } from "../lib/elapsed.ts";

describe("names", () => {
  it.each(
    "password Passwd pwd passwordHash access_token csrfToken _csrf XSRF-TOKEN apiKey API_KEY userAPIKey secret key keys auth card cards cardNumber cvv pin otp sid sessionId cookie jwt loginCode".split(
      " ",
    ),
  )("%s is sensitive", (name) => expect(isSensitiveName(name)).toBe(true));

  it.each("author cart keyboard monkey discard countryCode zipcode shopping pinned spin user email visits".split(" "))(
    "%s isn't",
    (name) => expect(isSensitiveName(name)).toBe(false),
  );
});

describe("texts", () => {
  it.each([
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "jwt-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
    "4111 1111 1111 1111",
    "postgres://shop:hunter2@db.example.com/shop",
    "Bearer abc",
    "ghp_abcdefgh12345678",
    "Basic YWRhOmh1bnRlcjI=",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "TG5N8C0rkQZ3_W9w2Zj0Yw1yV5mJ0s2mS1q0iD7kLxA",
    "TGxNhCdrkQZj_WowtZjcYwayVgmJasemSbqciDrkLxA",
    "Authorization was: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl, it said",
    '{"theme":"dark","password":"hunter2"}',
    '{"inner":"{\\"apiKey\\":\\"x\\"}"}',
    "https://shop.example.com/callback?state=1&access_token=x",
    "user=ada&pwd=hunter2",
    `${"long ".repeat(2000)}postgres://shop:hunter2@db.example.com/shop`,
  ])("%s is sensitive", (text) => expect(isSensitiveText(text)).toBe(true));

  it.each([
    "4111 1111 1111 1112",
    "https://example.com/@ada",
    "hello",
    "2026-11-29",
    "",
    "123e4567-e89b-12d3-a456-426614174000",
    "the-quick-brown-fox-jumps-over-the-lazy-dog-2026",
    "/srv/Documents/Projects/Shop/Invoices/November",
    '{"theme":"dark","page":3}',
    "/products?page=2&sort=price",
    "Basic plan",
    "1764460800000",
  ])("%s isn't", (text) => expect(isSensitiveText(text)).toBe(false));

  it("looks at a bounded part of a long one", async () => {
    const took = await cpuTime(() => {
      isSensitiveText("1 ".repeat(1_000_000));
      isSensitiveName(`${"aB".repeat(1_000_000)}`);
      for (const part of ["-eyJ", "eyJabcdef.", "-eyJ.", "://a:", '"a', "?a", "Aa1", "sk-", "ab1 "])
        isSensitiveText(part.repeat(50_000));
    });
    expect(took).toBeLessThan(2000);
  });
});

describe("data", () => {
  it("masks what is below a sensitive name as a whole, and shows whether there is something", () => {
    const data = {
      auth: { user: "ada" },
      token: null,
      hasPassword: true,
      list: [{ pin: 1234 }],
      m: new Map([["pwd", "x"]]),
    };
    expect(toPlain(data, { reveal: false })).toEqual({
      auth: MASK,
      token: null,
      hasPassword: true,
      list: [{ pin: MASK }],
      m: { pwd: MASK },
    });
    expect(toPlain({ auth: "a" }, { reveal: true })).toEqual({ auth: "a" });
  });

  it("says in JSON what JSON can't", () => {
    const circle: Record<string, unknown> = {
      n: 1n,
      nan: Number.NaN,
      u: undefined,
      d: new Date(0),
      b: Uint8Array.of(1, 2),
    };
    circle["self"] = circle;
    circle["pairs"] = new Map([[1, "one"]]);
    expect(toPlain(circle, { reveal: false })).toEqual({
      n: "1",
      nan: "NaN",
      u: "undefined",
      d: "1970-01-01T00:00:00.000Z",
      b: "base64:AQI=",
      self: "(circle)",
      pairs: [[1, "one"]],
    });
  });

  it("keeps a name that is a prototype's a plain name", () => {
    const data = JSON.parse('{"__proto__": {"polluted": true}}');
    expect(JSON.stringify(toPlain(data, { reveal: false }))).toBe('{"__proto__":{"polluted":true}}');
  });

  it("masks numbers, names and pairs of a map that tell too much", () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    const data = {
      number: 4111111111111111,
      big: [4111111111111111n],
      byName: { [jwt]: 1, plain: 2 },
      mixed: new Map<unknown, unknown>([
        [1, "one"],
        ["password", "hunter2"],
      ]),
      fields: [
        { name: "password", value: "hunter2" },
        { name: "theme", value: "dark" },
      ],
    };
    expect(toPlain(data, { reveal: false })).toEqual({
      number: MASK,
      big: [MASK],
      byName: { [`${MASK} 1`]: 1, plain: 2 },
      mixed: [
        [1, "one"],
        ["password", MASK],
      ],
      fields: [
        { name: "password", value: MASK },
        { name: "theme", value: "dark" },
      ],
    });
    expect(toPlain(data.byName, { reveal: true })).toEqual(data.byName);
  });

  it("ends soon in what says that it is long, and in what is in very many places", async () => {
    const gaps: unknown[] = ["a"];
    gaps.length = 2 ** 32 - 1;
    let many: unknown = "x";
    for (let level = 0; level < 60; level++) many = [many, many];
    const took = await cpuTime(() => {
      expect(JSON.stringify(toPlain(gaps, { reveal: true }))).toMatch(/more\)"\]$/);
      expect(JSON.stringify(toPlain(many, { reveal: false })).length).toBeLessThan(5_000_000);
    });
    expect(took).toBeLessThan(3000);
  });

  it("ends in what is very deep", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level++) deep = [deep];
    expect(JSON.stringify(toPlain(deep, { reveal: false }))).toContain("(too deep)");
  });
});
