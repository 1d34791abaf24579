// Why: a new store works in the tests, which run from `src`, and is missing in the package because nobody wrote its
// `exports` entry. Or it is there and can't be loaded: by `require`, or by the oldest Node that `engines` promises.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import manifest from "../package.json" with { type: "json" };

/** Public are `index.ts`, that of a folder, and each file right in `adapters`, `codecs` and `stores`; `lib` is private. */
const publicFiles = ["index.ts", "*/index.ts", "{adapters,codecs,stores}/*.ts"];

/** The subpath that a source file is to have: its path below `src`, without `adapters/`. */
export function subpathOf(file: string): string {
  const path = file.replace(/^adapters\//, "").replace(/(^|\/)?index\.ts$|\.ts$/, "");
  return path === "" ? "." : `./${path}`;
}

/** What `exports` should say, from the source files. */
export function expectedExports(files: string[]): Record<string, { types: string; default: string }> {
  const entries = files.map((file) => {
    const built = `./dist/${file.replace(/\.ts$/, "")}`;
    return [subpathOf(file), { types: `${built}.d.ts`, default: `${built}.js` }] as const;
  });
  return Object.fromEntries(entries);
}

/** The differences between two `exports`, a sentence each. */
export function differences(actual: Record<string, unknown>, expected: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(actual), ...Object.keys(expected)])]
    .filter((subpath) => JSON.stringify(actual[subpath]) !== JSON.stringify(expected[subpath]))
    .map((subpath) => {
      if (!(subpath in expected)) return `exports has "${subpath}", and src has no file for it.`;
      return `exports should say "${subpath}": ${JSON.stringify(expected[subpath])}`;
    });
}

function load(node: string, name: string): string[] {
  const script = `
    const required = require(${JSON.stringify(name)});
    import(${JSON.stringify(name)}).then((imported) => {
      if (required !== imported) throw new Error("require and import yield two copies");
    });`;
  try {
    // --no-warnings: node:sqlite is experimental in the oldest Node.
    execFileSync(node, ["--no-warnings", "--input-type=commonjs", "-e", script], { stdio: "pipe" });
    return [];
  } catch (error) {
    return [`${name} can't be loaded by ${node}: ${error instanceof Error ? error.message : error}`];
  }
}

function minimumFaults(oldestNode: string): string[] {
  const { dependencies } = JSON.parse(oldestNode) as { dependencies: { node: string } };
  const promised = manifest.engines.node.replace(">=", "");
  return dependencies.node === `${promised}.0`
    ? []
    : [`scripts/runtimes brings ${dependencies.node}, engines says ${promised}.`];
}

if (import.meta.main) {
  const { "./package.json": _, ...actual } = manifest.exports;
  const files = globSync(publicFiles, { cwd: "src" }).map((file) => file.replaceAll(sep, "/"));
  const readme = readFileSync("README.md", "utf8");
  const names = Object.keys(actual).map((subpath) => `dewar${subpath.slice(1)}`);
  const oldest = "scripts/runtimes/node_modules/.bin/node";
  const found = [
    ...differences(actual, expectedExports(files)),
    ...names.filter((name) => !readme.includes(name)).map((name) => `README.md does not mention "${name}".`),
    ...names.flatMap((name) => [process.execPath, oldest].flatMap((node) => load(node, name))),
    ...minimumFaults(readFileSync("scripts/runtimes/package.json", "utf8")),
  ];
  for (const line of found) console.error(line);
  process.exitCode = found.length > 0 ? 1 : 0;
}
