// Why: a table of guarantees that is written by hand says what was meant. This one says what the tests found, and can't be
// written at all while one of its lines has no test, or fails.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { marksOf } from "./guarantees/marks.ts";
import { pageOf } from "./guarantees/page.ts";
import { rows } from "./guarantees/rows.ts";
import { resultsOf, runTests } from "./guarantees/tests.ts";
import type { StressReport } from "./stress/report.ts";

const PAGE = "docs/guarantees.md";
const FIGURES = "docs/data/stress.json";
/** A list of reports, since a long run is rather one store a night. */
const LONG_FIGURES = "docs/data/stress-long.json";

const HELP = `npm run guarantees -- [options]

Runs the tests of the stores, and writes ${PAGE} from what they found and from the figures in ${FIGURES}
(made by npm run --silent stress -- --json > ${FIGURES}) and ${LONG_FIGURES} (a list of the like,
made with --ops 1000000 and --store). Ends with code 1 if a line fails, or has no test.

  --results file   takes the results of a run with Vitest's reporter json instead of running the tests
  --help           prints this`;

const { values } = parseArgs({
  options: { results: { type: "string" }, help: { type: "boolean", default: false } },
});

if (values.help) {
  console.log(HELP);
} else {
  const results = values.results
    ? resultsOf(JSON.parse(readFileSync(values.results, "utf8")))
    : runTests(["test/stores", "test/interleavings", "test/crash", "test/outage", "test/stress"]);
  const storm: StressReport = JSON.parse(readFileSync(FIGURES, "utf8"));
  const marks = marksOf(rows, results);
  const long: [StressReport, ...StressReport[]] = JSON.parse(readFileSync(LONG_FIGURES, "utf8"));
  writeFileSync(PAGE, pageOf(marks, storm, long));
  for (const error of marks.errors) console.error(error);
  console.log(`${PAGE}: ${marks.rows.length} lines, ${marks.errors.length} errors`);
  process.exitCode = marks.errors.length > 0 ? 1 : 0;
}
