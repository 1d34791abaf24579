import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/*
 * The tables of docs/security say what the library does, and which test proves it. Nothing here knows whether a sentence is
 * true; but none can stand there unproven, nor by a test that is gone.
 */

/** A line that says what a requirement asks for, and what the library does about it. */
interface Claim {
  id: string;
  dewar: string;
}

interface Proof {
  id: string;
  file: string;
  title: string;
}

function read(page: string): { claims: Claim[]; proofs: Proof[] } {
  const claims: Claim[] = [];
  const proofs: Proof[] = [];
  for (const line of readFileSync(page, "utf8").split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const id = /^(\d+\.\d+\.\d+|[A-Z]\d)\b/.exec(cells[1] ?? "")?.[1];
    if (id === undefined) continue;
    const proof = /^\| \S+ \| \[.+?\]\((.+?)\) \| `(.+)` \|$/.exec(line);
    if (proof) proofs.push({ id, file: normalize(join(dirname(page), proof[1] ?? "")), title: proof[2] ?? "" });
    else if (cells.length === 6) claims.push({ id, dewar: cells[3] ?? "" });
    else throw new Error(`${page}: neither a claim of four cells nor a proof of three: ${line}`);
  }
  return { claims, proofs };
}

/** Whether a file has a test of that very title: the first argument of a call of `it` or `test`, or the name of a case of a suite. */
function hasTest(file: string, title: string): boolean {
  const text = readFileSync(file, "utf8");
  for (const { index } of text.matchAll(new RegExp(`["'\`]${escaped(title)}["'\`]`, "g"))) {
    const before = text.slice(0, index).trimEnd();
    if (before.endsWith("name:")) return true;
    // Of a call like it.each(…)(title) the nearest name tells which function it is.
    const caller = before.endsWith("(") && before.match(/\b(?:it|test|describe)\b(?:\.\w+)*(?=[(<])/g)?.at(-1);
    if (caller && /^(?:it|test)\b(?!\.(?:skip|todo|fails)$)/.test(caller)) return true;
  }
  return false;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const ASVS = [
  ["7.1.1", "7.1.2", "7.1.3", "7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.3.1", "7.3.2"],
  ["7.4.1", "7.4.2", "7.4.3", "7.4.4", "7.4.5", "7.5.1", "7.5.2", "7.5.3", "7.6.1", "7.6.2"],
  ["3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.5"],
].flat();

const PAGES = ["docs/security/asvs.md", "docs/security/cheat-sheet.md"];

describe.each(PAGES)("%s", (page) => {
  const { claims, proofs } = read(page);

  it.each(proofs)("$id: $file has the test $title", ({ file, title }) => {
    expect(existsSync(file), file).toBe(true);
    expect(hasTest(file, title), title).toBe(true);
  });

  it("proves each line in which dewar does something", () => {
    const proven = new Set(proofs.map(({ id }) => id));
    const claiming = claims.filter(({ dewar }) => !dewar.startsWith("–"));
    expect(claiming.length).toBeGreaterThan(15);
    expect(claiming.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([]);
  });

  it("has each line once, and no proof of a line that isn't there", () => {
    const ids = claims.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(proofs.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

it("every requirement of ASVS 5.0, V7 and V3.3 has its line, in order", () => {
  expect(read("docs/security/asvs.md").claims.map(({ id }) => id)).toEqual(ASVS);
});

it("a title that no test has is found out", () => {
  const file = "test/core/manager-time.test.ts";
  expect(hasTest(file, "ends a session that isn't used")).toBe(true);
  for (const title of ["ends a session", "idle timeout", "2030-01-01T00:00:00Z"]) {
    expect(hasTest(file, title)).toBe(false);
  }
});
