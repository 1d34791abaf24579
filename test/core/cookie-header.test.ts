import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cookieValues } from "../../src/core/cookie-header.ts";

/** RFC 6265bis, 5.6, written plainly: split at ";", then at the first "=", trim space and tab. */
function reference(header: string, name: string): string[] {
  const trim = (text: string) => text.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
  const pairs = header.split(";").map((pair) => {
    const equals = pair.indexOf("=");
    return equals === -1 ? undefined : [trim(pair.slice(0, equals)), trim(pair.slice(equals + 1))];
  });
  return [...new Set(pairs.flatMap((pair) => (pair?.[0] === name ? [pair[1] ?? ""] : [])))];
}

/** A string that counts the characters its methods look at. */
function counting(text: string): { header: string; work: () => number } {
  let work = 0;
  const cost = (method: string, args: unknown[], result: unknown): number => {
    if (method === "indexOf") return (result === -1 ? text.length : Number(result)) - Number(args[1] ?? 0) + 1;
    if (method === "startsWith") return String(args[0]).length;
    return typeof result === "string" ? result.length + 1 : 1;
  };
  const proxy = new Proxy(Object(text) as Record<string, unknown>, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const result: unknown = member.apply(text, args);
        work += cost(String(key), args, result);
        return result;
      };
    },
  });
  return { header: proxy as unknown as string, work: () => work };
}

describe("one cookie in a Cookie header", () => {
  it.each([
    ["alone", "session=v", ["v"]],
    ["first", "session=v; a=1", ["v"]],
    ["last", "a=1; session=v", ["v"]],
    ["without spaces", "a=1;session=v;b=2", ["v"]],
    ["spaces and tabs around", " \t session \t = \t v \t ; a=1", ["v"]],
    ["empty", "session=", [""]],
    ["equals signs in the value", "session=a=b==", ["a=b=="]],
    ["quotes stay", 'session="v"', ['"v"']],
    ["nothing is decoded", "session=%76%3B", ["%76%3B"]],
    ["no value", "session", []],
    ["no value, but the next has one", "session; a=session=v", []],
    ["semicolons alone", ";;;; ;", []],
    ["nothing", "", []],
    ["a prefix of another name", "session2=v; session.sig=w", []],
    ["a suffix of another name", "mysession=v; x-session=w", []],
    ["another case", "Session=v; SESSION=w", []],
    ["in another's value", "a=session=v", []],
    ["$Version is no attribute", "$Version=1; session=v; $Path=/", ["v"]],
    ["quotes hide nothing", 'a="; session=v; "', ["v"]],
    ["a comma separates nothing", "a=1, session=v", []],
    ["a no-break space is another name", "\u00a0session=v", []],
    ["a Unicode space is another name", "\u2003session=v;\u3000session=w;\ufeffsession=x", []],
    ["a Unicode space stays in the value", "session=v\u00a0", ["v\u00a0"]],
    ["a vertical tab is another name", "\u000bsession=v; \u000csession=w; \rsession=x; \nsession=y", []],
    ["a percent-encoded name is another", "%73ession=v", []],
    ["the same value twice is one", "session=v; session=v", ["v"]],
    ["differing values in order", "session=b; session=a; session=b", ["b", "a"]],
    ["an empty one beside another", "session=; session=v", ["", "v"]],
  ])("%s", (_name, header, values) => {
    expect(cookieValues(header, "session")).toEqual(values);
    expect(reference(header, "session")).toEqual(values);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "__Host-session"])("may be called %s", (name) => {
    expect(cookieValues(`a=1; ${name}=v`, name)).toEqual(["v"]);
    expect(cookieValues("a=1", name)).toEqual([]);
  });

  it("never tells more than five differing values apart", () => {
    const header = Array.from({ length: 1000 }, (_, index) => `session=${index}`).join("; ");
    expect(cookieValues(header, "session")).toEqual(["0", "1", "2", "3", "4"]);
  });
});

describe("any header", () => {
  const piece = fc.constantFrom(
    "session",
    "sess",
    "ion",
    "=",
    ";",
    " ",
    "\t",
    '"',
    ",",
    "\u00a0",
    "\0",
    "v",
    "%3B",
    "é",
    "\ud800",
  );

  it("means what a plain reading of RFC 6265bis gives", () => {
    const header = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(header, (text) => {
        expect(cookieValues(text, "session")).toEqual(reference(text, "session").slice(0, 5));
      }),
      { numRuns: 2000 },
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => Array.isArray(cookieValues(text, "s"))),
    );
  });
});

describe("work", () => {
  it.each([
    ["a thousand cookies", (size: number) => Array(size).fill("name=value").join("; ")],
    ["look-alikes", (size: number) => Array(size).fill("sessio=n").join(";")],
    ["one name again and again", (size: number) => Array(size).fill("session=v").join(";")],
    ["semicolons", (size: number) => ";".repeat(size * 10)],
    ["spaces", (size: number) => " ".repeat(size * 10)],
    ["spaces around a name", (size: number) => `${" ".repeat(size * 5)}session${" ".repeat(size * 5)}`],
    ["spaces in a value", (size: number) => `session=${" ".repeat(size * 10)}v`],
    ["spaces and semicolons", (size: number) => " ;".repeat(size * 5)],
    ["equals signs", (size: number) => `session${"=".repeat(size * 10)}`],
    ["one name without end", (size: number) => "session".repeat(size)],
  ])("grows in proportion: %s", (_name, make) => {
    const [once, twice] = [1000, 2000].map((size) => {
      const text = make(size);
      const { header, work } = counting(text);
      cookieValues(header, "session");
      expect(work()).toBeLessThanOrEqual(10 * text.length);
      return work();
    });
    expect(twice).toBeLessThanOrEqual(2 * Number(once) + 20);
  });

  it("takes a megabyte", () => {
    const filler = "x".repeat(1 << 20);
    expect(cookieValues(`a=${filler}; session=v`, "session")).toEqual(["v"]);
    expect(cookieValues(`session=${filler}`, "session")).toEqual([filler]);
  });
});
