import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findProgram } from "../../lib/programs.ts";

const run = promisify(execFile);
const pom = fileURLToPath(new URL("pom.xml", import.meta.url));
const source = fileURLToPath(new URL("Server.java", import.meta.url));
const cache = fileURLToPath(new URL("../../../.cache", import.meta.url));
const version = createHash("sha256").update(readFileSync(pom)).update(readFileSync(source)).digest("hex");
const built = join(cache, `mongodb-${version.slice(0, 12)}`);

/** Whether the stand-in for MongoDB was built before. */
export function isPrepared(): boolean {
  return existsSync(built);
}

/**
 * Fetches and compiles the stand-in for MongoDB, unless that was done before. Resolves to the folder that holds its
 * classes. Several processes may do it at the same time.
 */
export async function prepareMongodb(): Promise<string> {
  if (isPrepared()) return built;
  console.error("Fetching the stand-in for MongoDB with Maven (some seconds; only once) …");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(`${built}-`);
  // Readable by others, unlike the folder: the server may run as another user.
  const classes = join(folder, "classes");
  try {
    await attempt("maven", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${classes}`]);
    await attempt("javac", ["-d", classes, "-cp", join(classes, "*"), source]);
    await rename(classes, built).catch((error: unknown) => {
      // Another process was quicker.
      if (!isPrepared()) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return built;
}

async function attempt(name: "maven" | "javac", args: string[]): Promise<void> {
  const program = findProgram(name);
  if (!program) throw new Error(`The stand-in for MongoDB needs ${name}, which isn't installed.`);
  try {
    await run(program, args);
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const way = "Does Maven reach Maven Central? DEWAR_WITHOUT=javac leaves out what needs it.";
    throw new Error(`The stand-in for MongoDB can't be built. ${way}\n${stdout}${stderr}`.trim(), { cause: error });
  }
}
