import { describe, expect, it } from "vitest";
import { CookieJar } from "../../src/testing/index.ts";

function jarWith(lines: string[], url = "https://example.com/"): CookieJar {
  const jar = new CookieJar(() => 1_000_000);
  jar.receive(lines, url);
  return jar;
}

describe("CookieJar", () => {
  it("sends what it received", () => {
    expect(jarWith(["a=1", "b=2; Path=/"]).header("https://example.com/x")).toBe("a=1; b=2");
    expect(new CookieJar().header("https://example.com/")).toBeUndefined();
  });

  it("replaces a cookie of the same name, domain and path, in its place", () => {
    expect(jarWith(["a=1", "b=2", "a=3"]).header("https://example.com/")).toBe("a=3; b=2");
  });

  it("sends longer paths first", () => {
    const jar = jarWith(["a=outer; Path=/", "a=inner; Path=/shop"]);
    expect(jar.header("https://example.com/shop/cart")).toBe("a=inner; a=outer");
    expect(jar.value("a", "https://example.com/shop")).toBe("inner");
  });

  it.each([
    ["/shop", "/shop", true],
    ["/shop", "/shop/cart", true],
    ["/shop/", "/shop/cart", true],
    ["/shop/", "/shop", false],
    ["/shop", "/shopping", false],
    ["relative", "/", true],
  ])("with Path=%s, and %s asked for: %s", (path, asked, sent) => {
    expect(jarWith([`a=1; Path=${path}`]).header(`https://example.com${asked}`)).toBe(sent ? "a=1" : undefined);
  });

  it("takes the directory of the request for the path by default", () => {
    const jar = jarWith(["a=1"], "https://example.com/shop/cart");
    expect(jar.header("https://example.com/shop/other")).toBe("a=1");
    expect(jar.header("https://example.com/")).toBeUndefined();
  });

  it.each([
    ["", "example.com", true],
    ["", "sub.example.com", false],
    ["example.com", "sub.example.com", true],
    [".Example.com", "example.com", true],
    ["example.com", "badexample.com", false],
    ["other.com", "example.com", false],
    ["sub.example.com", "sub.example.com", false],
  ])("with Domain=%s, and %s asked for: %s", (domain, host, sent) => {
    const jar = jarWith([domain === "" ? "a=1" : `a=1; Domain=${domain}`]);
    expect(jar.header(`https://${host}/`)).toBe(sent ? "a=1" : undefined);
  });

  it("takes no part of an address for a domain", () => {
    expect(jarWith(["a=1; Domain=0.0.1"], "http://127.0.0.1/").header("http://127.0.0.1/")).toBeUndefined();
    expect(jarWith(["a=1; Domain=127.0.0.1"], "http://127.0.0.1/").header("http://127.0.0.1/")).toBe("a=1");
  });

  it("keeps secure cookies to TLS and the loopback interface", () => {
    expect(jarWith(["a=1; Secure"]).header("http://example.com/")).toBeUndefined();
    expect(jarWith(["a=1; Secure"], "http://example.com/").header("https://example.com/")).toBeUndefined();
    for (const url of ["http://127.0.0.1:3000/", "http://localhost/", "http://shop.localhost/", "http://[::1]/"]) {
      expect(jarWith(["a=1; Secure"], url).header(url)).toBe("a=1");
    }
  });

  it("refuses what breaks the promise of its prefix", () => {
    expect(jarWith(["__Secure-a=1"]).header("https://example.com/")).toBeUndefined();
    expect(jarWith(["__Host-a=1; Secure"]).header("https://example.com/")).toBeUndefined();
    expect(jarWith(["__Host-a=1; Secure; Path=/"]).header("https://example.com/")).toBe("__Host-a=1");
  });

  it("forgets what has expired, and deletes what is set expired", () => {
    let now = 1_000_000;
    const jar = new CookieJar(() => now);
    const url = "https://example.com/";
    jar.receive(["a=1; Max-Age=10", "b=1; Expires=Thu, 01 Jan 1970 00:20:00 GMT", "c=1", "d=1; Max-Age=99"], url);
    expect(jar.header(url)).toBe("a=1; b=1; c=1; d=1");
    now += 10_000;
    expect(jar.header(url)).toBe("b=1; c=1; d=1");
    now = 1_200_000;
    expect(jar.header(url)).toBe("c=1");
    jar.receive(["c=; Max-Age=0"], url);
    expect(jar.header(url)).toBeUndefined();
  });

  it("prefers Max-Age to Expires, and the last of two equal attributes", () => {
    const url = "https://example.com/";
    expect(jarWith(["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10"]).header(url)).toBe("a=1");
    expect(jarWith(["a=1; Max-Age=0; Max-Age=10"]).header(url)).toBe("a=1");
    expect(jarWith(["a=1; Max-Age=soon"]).cookies(url)[0]?.expiresAt).toBeUndefined();
  });

  it("reads values as they are", () => {
    const url = "https://example.com/";
    expect(jarWith([' a = "x=y" ; Path=/']).header(url)).toBe('a="x=y"');
    expect(jarWith(["bare"]).header(url)).toBe("bare");
    expect(jarWith(["", "=", " ; Path=/"]).header(url)).toBeUndefined();
  });

  it("closes the browser, and copies", () => {
    const jar = jarWith(["a=1", "b=1; Max-Age=10"]);
    const copy = jar.clone();
    jar.endBrowserSession();
    expect(jar.header("https://example.com/")).toBe("b=1");
    expect(copy.header("https://example.com/")).toBe("a=1; b=1");
  });
});
