import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { sh } from "../lib/sh.ts";
import type { TestResult } from "./marks.ts";

/** What Vitest's reporter `json` writes, as far as it is of use. */
export interface VitestReport {
  testResults: {
    name: string;
    assertionResults: { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

/** Runs the tests below these folders, and resolves to how each came out. What fails is shown as ever. */
export function runTests(folders: string[]): TestResult[] {
  const folder = mkdtempSync(join(tmpdir(), "dewar-guarantees-"));
  const file = join(folder, "results.json");
  try {
    sh(`vitest run ${folders.join(" ")} --reporter=default --reporter=json --outputFile.json=${file}`);
    return resultsOf(JSON.parse(readFileSync(file, "utf8")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function resultsOf({ testResults }: VitestReport): TestResult[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: relative(process.cwd(), name).replaceAll(sep, "/"),
      titles: [...ancestorTitles, title],
      state: status === "passed" ? "passed" : status === "failed" ? "failed" : "skipped",
    })),
  );
}
