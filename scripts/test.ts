// Why: a test that needs a server must not depend on what happens to be installed, nor quietly not run. This brings the
// programs where it can, names what it can't bring and what that leaves out, and ends with a line that can be counted.
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { styleText } from "node:util";
import type { TestModule, TestState } from "vitest/node";
import { parseCLI, startVitest } from "vitest/node";
import { preparePython } from "../test/flask/lib/venv.ts";
import { findProgram, howToInstall, type Program, programs } from "./lib/programs.ts";
import { sh } from "./lib/sh.ts";
import { prepareMongodb } from "./services/mongodb/prepare.ts";

const missing = installMissing();
if (missing.length > 0 && process.env["CI"] === "true") {
  warn([
    "Programs are missing, and with CI=true that is a failure:",
    ...missing.map(({ name }) => `  ${howToInstall(name)}`),
  ]);
  process.exit(1);
}
// Before the tests: several of them would begin with it at the same time.
const has = (...names: string[]) => !missing.some(({ name }) => names.includes(name));
await Promise.all([
  has("javac", "maven") && prepareMongodb(),
  ...(["0.8", "0.5"] as const).map((version) => has("python3") && preparePython(version)),
]);

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
const vitest = await startVitest("test", filter, options);
const modules = vitest.state.getTestModules();
await vitest.close();

if (missing.length > 0) {
  warn([
    "NOT EVERYTHING WAS TESTED. Programs are missing:",
    ...missing.map(({ name }) => `  ${howToInstall(name)}`),
    "Left out for that, of what was asked for:",
    ...leftOut(modules),
  ]);
}
console.log(closingLine(modules));

function installMissing(): Program[] {
  const isMissing = (program: Program) => findProgram(program.name) === undefined;
  const lacking = programs.filter(isMissing);
  const canInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") && !process.env["DEWAR_WITHOUT"];
  if (lacking.length === 0 || !canInstall) return lacking;

  console.log(`Installing ${lacking.map((program) => program.apt).join(", ")} with apt-get (up to some minutes) …`);
  apt("update");
  for (const program of lacking) apt(`install --yes --no-install-recommends ${program.apt}`);
  return lacking.filter(isMissing);
}

function apt(what: string): void {
  const { code, output } = sh(`DEBIAN_FRONTEND=noninteractive apt-get ${what}`, { quiet: true });
  if (code !== 0) console.error(`${output}\napt-get ${what} failed.`);
}

/** The files with tests that did not run. */
function leftOut(modules: TestModule[]): string[] {
  return modules.flatMap((module) => {
    const skipped = [...module.children.allTests("skipped")].length;
    return skipped > 0 ? [`  ${relative(".", module.moduleId)}: ${skipped} tests`] : [];
  });
}

/** A file that could not be loaded, or an error outside of all tests, counts as one that failed. */
function closingLine(modules: TestModule[]): string {
  const count = (state: TestState) => modules.flatMap((module) => [...module.children.allTests(state)]).length;
  const outside = modules.flatMap((module) => module.errors()).length + vitest.state.getUnhandledErrors().length;
  const failed = count("failed") + count("pending") + outside;
  if (failed > 0) process.exitCode = 1;
  return `${count("passed")} passed, ${failed} failed${count("skipped") > 0 ? `, ${count("skipped")} skipped` : ""}`;
}

function warn(lines: string[]): void {
  const bar = "=".repeat(80);
  console.log(styleText(["bold", "yellow"], ["", bar, ...lines, bar, ""].join("\n")));
}
