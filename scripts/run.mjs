// Why: `npm test` and `npm run demo` have to work straight after `git clone`, on whatever Node the machine has.
// So this file is plain JavaScript with no dependencies: it installs what is lacking, then runs the command's steps
// on the Node that the package `node` brings. Arguments go to the last step.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const APPLICATIONS = ["examples/shop", "examples/flask-and-express", "examples/counters"];
/** Clients that only their own tests need. */
const CLIENTS = ["test/toolkits", "test/flask/dynamodb"];

const commands = {
  demo: { folders: ["examples/shop"], steps: ["scripts/build.ts", "examples/shop/server.ts"] },
  test: {
    folders: [...APPLICATIONS, ...CLIENTS, "docs", "scripts/runtimes"],
    steps: ["scripts/build.ts", "scripts/test.ts"],
  },
  check: {
    folders: [...APPLICATIONS, ...CLIENTS, "docs", "bench", "scripts/runtimes"],
    steps: ["scripts/build.ts", "scripts/check.ts"],
  },
  bench: { folders: ["bench"], steps: ["scripts/build.ts", "bench/run.ts"] },
  services: { folders: [], steps: ["scripts/services.ts"] },
  stress: { folders: [], steps: ["scripts/stress.ts"] },
  guarantees: { folders: [...APPLICATIONS, ...CLIENTS], steps: ["scripts/guarantees.ts"] },
  examples: { folders: ["examples/counters", "scripts/runtimes"], steps: ["scripts/build.ts", "scripts/examples.ts"] },
  figures: { folders: [], steps: ["scripts/build.ts", "scripts/docs-figures.ts"] },
  docs: { folders: ["docs"], steps: ["scripts/build.ts", "scripts/docs.ts"] },
  build: { folders: [], steps: ["scripts/build.ts"] },
  fix: { folders: [], steps: ["scripts/fix.ts"] },
};

const root = fileURLToPath(new URL("..", import.meta.url));
const windows = process.platform === "win32";
const node = join(root, "node_modules/node/bin", windows ? "node.exe" : "node");

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) fail(`Unknown command "${name}". There are: ${Object.keys(commands).join(", ")}.`);

for (const folder of [".", ...command.folders]) await install(folder);
for (const [index, step] of command.steps.entries()) {
  const isLast = index === command.steps.length - 1;
  const code = await run(node, [join(root, step), ...(isLast ? args : [])], root, { env: withTools(process.env) });
  if (code !== 0) process.exit(code);
}

async function install(folder) {
  const path = join(root, folder);
  if (isInstalled(path) && (folder !== "." || existsSync(node))) return;
  const of = folder === "." ? "" : ` of ${folder}`;
  console.log(`Installing the dependencies${of} (some seconds; only when they are new) …`);
  const code = await runNpm(["ci", "--loglevel=error", "--no-fund", "--no-audit"], path);
  if (code !== 0) {
    fail(
      `npm could not install the dependencies${of}. Does this machine reach the npm registry? ` +
        "`npm ping` tells; behind a proxy set `npm config set proxy` and `https-proxy`. Then run the command again.",
    );
  }
  if (!existsSync(node)) {
    fail(
      "The package `node` has no program: npm skipped its install script. Run `npm rebuild node --ignore-scripts=false`.",
    );
  }
}

/** By content, not by time: git gives files the time of the checkout. npm keeps a copy of what it installed. */
function isInstalled(path) {
  const installed = lockedPackages(join(path, "node_modules/.package-lock.json"));
  const wanted = lockedPackages(join(path, "package-lock.json"));
  return Object.entries(wanted).every(
    ([key, { version, optional }]) =>
      key === "" || key.startsWith("..") || installed[key]?.version === version || (optional && !installed[key]),
  );
}

function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/** The tools of node_modules come first, Node itself among them: npm sees to that, but not every way of starting this. */
function withTools(env) {
  return { ...env, PATH: join(root, "node_modules/.bin") + delimiter + env.PATH };
}

/** The npm that started this, if one did: on Windows `npm` alone is not a program that can be spawned. */
function runNpm(npmArgs, cwd) {
  const npm = process.env.npm_execpath ?? "";
  return basename(npm) === "npm-cli.js"
    ? run(process.execPath, [npm, ...npmArgs], cwd)
    : run("npm", npmArgs, cwd, { shell: windows });
}

function run(program, programArgs, cwd, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, programArgs, { cwd, stdio: "inherit", ...options });
    const forward = (signal) => child.kill(signal);
    // A terminal sends Ctrl-C to all of its processes itself; a second one would cut short an orderly end.
    const forwarded = { SIGINT: process.stdin.isTTY ? () => {} : forward, SIGTERM: forward, SIGHUP: forward };
    for (const [signal, listener] of Object.entries(forwarded)) process.on(signal, listener);
    // An npm that is told to stop tells only the shell between us, which keeps it to itself.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && child.kill(), 500);
    child.on("error", (error) => fail(`Could not start ${program}: ${error.message}`));
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      for (const [name, listener] of Object.entries(forwarded)) process.off(name, listener);
      if (signal) process.kill(process.pid, signal);
      else resolve(code);
    });
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
