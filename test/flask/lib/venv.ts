import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Which Flask-Session, on a Flask of its time. */
export type FlaskVersion = "0.8" | "0.5";

const run = promisify(execFile);
const cache = fileURLToPath(new URL("../../../.cache", import.meta.url));
const WAY = "apt-get install python3-venv (macOS: brew install python)";
const python = findPython();

/** Whether this machine has a Python that can make virtual environments. With `CI=true` it must. */
export const hasPython: boolean = python !== undefined;

/**
 * The Python of an environment that has this Flask-Session, and Flask beside it. Makes the environment first, once, with
 * what pip fetches. Several processes may do it at the same time.
 */
export async function preparePython(version: FlaskVersion): Promise<string> {
  if (python === undefined) throw new Error(`There is no python3 with its modules venv and ensurepip: ${WAY}.`);
  const requirements = fileURLToPath(new URL(`../python/requirements-${version}.txt`, import.meta.url));
  const key = createHash("sha256").update(readFileSync(requirements)).update(python).digest("hex");
  const ready = join(cache, `flask-${version}-${key.slice(0, 12)}`);
  if (!existsSync(ready)) await build(ready, version, requirements);
  return pythonIn(ready);
}

async function build(ready: string, version: FlaskVersion, requirements: string): Promise<void> {
  console.error(`Fetching Flask-Session ${version} with pip (some seconds; only once) …`);
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(`${ready}-`);
  try {
    await attempt("python3", ["-m", "venv", folder]);
    const quietly = ["--quiet", "--no-input", "--disable-pip-version-check"];
    await attempt(pythonIn(folder), ["-m", "pip", "install", ...quietly, "-r", requirements]);
    // Its scripts would still name the old folder: run modules with `python -m`.
    await rename(folder, ready).catch((error: unknown) => {
      // Another process was quicker.
      if (!existsSync(ready)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function attempt(program: string, args: string[]): Promise<void> {
  try {
    await run(program, args);
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const way =
      "Does pip reach its index? `pip config list` tells which. DEWAR_WITHOUT=python3 leaves out what needs it.";
    throw new Error(`The environment for Flask can't be made. ${way}\n${stdout}${stderr}`.trim(), { cause: error });
  }
}

function pythonIn(environment: string): string {
  return join(environment, "bin", "python");
}

/** Which Python it is. Debian's has `venv` without what it needs, unless another package brings that. */
function findPython(): string | undefined {
  const isHidden = process.env["DEWAR_WITHOUT"]?.split(",").includes("python3");
  const tell = "import ensurepip, venv, sys; print(sys.executable, sys.version)";
  const { status, stdout } = isHidden
    ? { status: 1, stdout: "" }
    : spawnSync("python3", ["-c", tell], { encoding: "utf8" });
  if (status === 0) return stdout;
  if (process.env["CI"] === "true") throw new Error(`CI=true, and python3 with venv isn't installed: ${WAY}.`);
  return undefined;
}
