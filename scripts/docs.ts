// Why: the site is made of what the repository holds already: pages, docstrings, tests. This brings them together.
//
//   npm run docs             a live server; pages reload as they are written
//   npm run docs -- build    the site, in .cache/site, with all its checks; DOCS_BASE=/dewar/ for one that isn't its host's root
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { pages } from "../docs/.vitepress/navigation.ts";
import { findFaults } from "./check-links.ts";

const docs = join(import.meta.dirname, "../docs");
const site = join(import.meta.dirname, "../.cache/site");

const [command = "serve", ...args] = process.argv.slice(2);
if (command !== "serve" && command !== "build") {
  console.error(`Unknown: ${command}. There are serve (the default) and build.`);
  process.exit(1);
}

run("The reference, from the docstrings", ".vitepress/build/reference.ts");
run("The files that pages link to", ".vitepress/build/source.ts");
if (command === "serve") {
  run("The server", "node_modules/vitepress/bin/vitepress.js", "dev", "--host", "127.0.0.1", ...args);
} else {
  run("The pages", "node_modules/vitepress/bin/vitepress.js", "build", ...args);
  // Pictures that a page shows are in the site already, under other names; these are for links to one.
  cpSync(join(docs, "images"), join(site, "images"), { recursive: true });
  run("llms.txt", ".vitepress/build/llms.ts");
  const faults = findFaults(site, pages, process.env["DOCS_BASE"]);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exit(1);
  console.log(`The site is in ${site}.`);
}

function run(what: string, file: string, ...rest: string[]): void {
  console.log(`${what} …`);
  const quiet = command === "build";
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(docs, file), ...rest], {
    cwd: docs,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    encoding: "utf8",
  });
  // Ctrl-C ends the live server, and is no fault.
  if (!quiet && status === null) process.exit(0);
  const output = quiet ? stdout + stderr : "";
  // VitePress has no option that makes a warning a failure.
  if (status === 0 && !/\bwarn/i.test(output)) return;
  console.error(output);
  process.exit(1);
}
