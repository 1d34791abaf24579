import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const example = join(import.meta.dirname, "..");
const requirements = join(example, "requirements.txt");

/** The Python of a virtual environment with all of requirements.txt. Made when it isn't there, by what pip fetches. */
export async function preparePython(): Promise<string> {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const environment = join(example, ".venv", key);
  if (!existsSync(environment)) await build(environment);
  return pythonIn(environment);
}

async function build(environment: string): Promise<void> {
  console.log("Fetching Flask with pip (some seconds; only once) …");
  await mkdir(join(example, ".venv"), { recursive: true });
  // Elsewhere first, so that one which was cut short is never taken for a whole one.
  const draft = await mkdtemp(`${environment}-`);
  try {
    await attempt("python3", ["-m", "venv", draft]);
    const quietly = ["--quiet", "--no-input", "--disable-pip-version-check"];
    await attempt(pythonIn(draft), ["-m", "pip", "install", ...quietly, "-r", requirements]);
    await rename(draft, environment);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(environment)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function attempt(program: string, args: string[]): Promise<void> {
  try {
    await run(program, args);
  } catch (cause) {
    const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
    const way =
      "It takes python3 with its module venv (Debian: apt-get install python3-venv), and a pip that reaches its index.";
    throw new Error(`The environment for Flask can't be made. ${way}\n${said}`.trim(), { cause });
  }
}

function pythonIn(environment: string): string {
  return join(environment, "bin", "python");
}
