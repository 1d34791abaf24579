import { basename } from "node:path";
import type { Proof, Row } from "./rows.ts";
import { type StoreName, storeNames, stores } from "./stores.ts";

/** A test that ran, or didn't. */
export interface TestResult {
  /** From the root of the repository. */
  file: string;
  /** Those of its groups, and its own. */
  titles: string[];
  state: "passed" | "failed" | "skipped";
}

/** What stands in a cell. */
export type Mark =
  | { kind: "held"; tests: number }
  | { kind: "broken"; tests: number }
  | { kind: "unproven" }
  | { kind: "excused"; reason: string };

export interface Marks {
  /** A row's marks, in the order of `storeNames`. */
  rows: { guarantee: string; marks: Mark[] }[];
  /** What is wrong with the table: rows that failed, and rows that nothing proves. */
  errors: string[];
}

/** Tells from tests what each store holds. A row with no test for a store that isn't excused is an error. */
export function marksOf(rows: readonly Row[], results: readonly TestResult[]): Marks {
  const errors: string[] = [];
  const known = results.flatMap((result) => {
    const store = storeOf(result);
    return store === undefined ? [] : [{ store, result }];
  });
  const ofStore = Map.groupBy(known, ({ store }) => store);
  const markOf = (row: Row, store: StoreName): Mark => {
    const reason = row.excused?.[store];
    if (reason !== undefined) return { kind: "excused", reason };
    const own = (ofStore.get(store) ?? []).map(({ result }) => result);
    const proofs = row.proofs.filter(({ except }) => !except?.includes(store));
    const found = proofs.map((proof) => own.filter((result) => isOf(proof, result)));
    const failed = found.flat().filter(({ state }) => state === "failed");
    for (const { titles } of failed)
      errors.push(`${row.guarantee}: ${stores[store].label} fails: ${titles.join(" > ")}`);
    if (failed.length > 0) return { kind: "broken", tests: failed.length };
    const lacking = proofs.filter((_, index) => !found[index]?.some(({ state }) => state === "passed"));
    for (const { file, titled } of lacking) {
      errors.push(`${row.guarantee}: no test of ${file}${titled ? ` titled "${titled}"` : ""} ran for ${store}`);
    }
    if (proofs.length === 0) errors.push(`${row.guarantee}: nothing is asked of ${store}: excuse it, or name a test`);
    return lacking.length > 0 || proofs.length === 0
      ? { kind: "unproven" }
      : { kind: "held", tests: found.flat().length };
  };
  return {
    rows: rows.map((row) => ({ guarantee: row.guarantee, marks: storeNames.map((store) => markOf(row, store)) })),
    errors,
  };
}

/**
 * Which store a test is about: the one whose word stands in a title; else, in `test/stores`, the one after which the file is
 * named; else the one with whose name a title begins. The longest name counts.
 */
export function storeOf({ file, titles }: Pick<TestResult, "file" | "titles">): StoreName | undefined {
  const words = titles.flatMap((title) => title.split(/\W+/));
  const told = storeNames.find((store) => words.some((word) => word === stores[store].word));
  if (told !== undefined) return told;
  const names = storeNames.toSorted((one, other) => other.length - one.length);
  if (!file.startsWith("test/stores/")) return names.find((store) => titles.some((title) => begins(title, store)));
  const name = basename(file).replace(/^sql-/, "");
  return names.find((store) => name.startsWith(store));
}

function isOf({ file, titled }: Proof, result: TestResult): boolean {
  return result.file.startsWith(file) && (titled === undefined || result.titles.some((title) => begins(title, titled)));
}

/** Not in the middle of a word: "redis" begins "redis 6, a pool", and not "redis-cluster". */
function begins(text: string, name: string): boolean {
  return text.startsWith(name) && !/^[\w-]/.test(text.slice(name.length));
}
