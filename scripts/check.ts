// Why: what a reviewer would have to check by eye, in one command and one table. `npm run check -- types lint` runs some.
import { styleText } from "node:util";
import { sh } from "./lib/sh.ts";

const runtimes = "scripts/runtimes/node_modules/.bin";

const checks: Record<string, { finds: string; command: string }> = {
  types: {
    finds: "wrong types",
    command:
      "tsc -p . && tsc -p examples/shop && tsc -p examples/flask-and-express && tsc -p examples/counters && tsc -p docs && tsc -p bench",
  },
  lint: { finds: "bad style and common mistakes", command: "biome ci --error-on-warnings --colors=off ." },
  exports: { finds: "exports that differ from the files", command: "node scripts/check-exports.ts" },
  runtimes: {
    finds: "what the oldest Node, Bun or Deno can't do",
    command: [
      `${runtimes}/node --no-warnings --test test/runtimes.mjs`,
      `${runtimes}/bun test ./test/runtimes.mjs`,
      `${runtimes}/deno test -A --no-check --quiet test/runtimes.mjs`,
    ].join(" && "),
  },
  layers: { finds: "imports that point outward", command: "node scripts/check-layers.ts" },
  code: { finds: "documentation whose code is wrong", command: "node scripts/check-code.ts" },
  unused: { finds: "files, exports and dependencies without a use", command: "knip" },
  words: { finds: "traces of one machine", command: "node scripts/check-words.ts" },
  packaging: { finds: "a package that can't be used", command: "publint --strict && attw --pack . --profile esm-only" },
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
const results = names.map((name) => ({ name, ...run(name) }));

console.log();
for (const { name, finds, isPassed, seconds } of results) {
  console.log(`${mark(isPassed)} ${name.padEnd(10)} ${`${seconds.toFixed(1)} s`.padStart(7)}   ${finds}`);
}
const passed = results.filter(({ isPassed }) => isPassed).length;
console.log(`\nchecks: ${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;

function run(name: string): { finds: string; isPassed: boolean; seconds: number } {
  const check = checks[name];
  if (check === undefined) throw new Error(`No check "${name}". There are: ${Object.keys(checks).join(", ")}.`);
  console.log(`Checking for ${check.finds} …`);
  const start = performance.now();
  const { code, output } = sh(check.command, { quiet: true });
  if (code !== 0) console.log(`\n${output}`);
  return { finds: check.finds, isPassed: code === 0, seconds: (performance.now() - start) / 1000 };
}

function mark(isPassed: boolean): string {
  if (!process.stdout.isTTY) return isPassed ? "passed" : "FAILED";
  return isPassed ? styleText("green", "✓") : styleText("red", "✗");
}
