import { lstat, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { SessionManager } from "../../core/manager.ts";
import { failed, usage } from "./exit.ts";
import { isThere } from "./local-path.ts";

const NAMES = ["dewar.config.ts", "dewar.config.mts", "dewar.config.js", "dewar.config.mjs"];
const METHODS = ["list", "get", "revoke", "revokeAll", "prune", "close"] as const;

/** The configuration in this folder, if there is one. */
export async function findConfig(folder: string): Promise<string | undefined> {
  for (const name of NAMES) if (await isThere(resolve(folder, name))) return name;
  return undefined;
}

/**
 * Refuses a configuration that somebody else may have laid there for whoever comes by, as in `/tmp`: it would be run. Asked only of
 * one that was found, and not named.
 */
export async function assertOwn(file: string, folder: string): Promise<void> {
  const self = process.getuid?.();
  if (self === undefined) return;
  // Of a link, whose link it is.
  const [{ mode }, { uid }] = await Promise.all([stat(folder), lstat(resolve(folder, file))]);
  const isOpenToAll = (mode & 0o002) !== 0;
  if (!isOpenToAll || uid === self || uid === 0) return;
  throw usage(
    `${file}: is another user's, in a folder where everybody can put files, and isn't run unasked: --config ${file} runs it`,
  );
}

/** Runs the file, and takes the manager that it exports: as default, or under the name `manager`. */
export async function loadConfig(file: string, folder: string): Promise<SessionManager> {
  const path = resolve(folder, file);
  if (!(await isThere(path))) throw usage(`--config: there is no file ${file}`);
  const exported = await run(path, file);
  const manager = await (exported["default"] ?? exported["manager"]);
  if (isManager(manager)) return manager;
  throw usage(
    `${file}: exports no manager; it takes "export default createSessionManager({ … })", or an export named manager`,
  );
}

async function run(path: string, file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw usage(`${file}: this Node (${process.version}) can't read TypeScript; take 22.18 or later, or a .js file`);
    }
    throw failed(`${file} failed`, cause);
  }
}

/** By its shape: the application's copy of the package may be another one than the command's. */
function isManager(value: unknown): value is SessionManager {
  if (typeof value !== "object" || value === null) return false;
  return METHODS.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
