import fs, { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { GroupSync } from "./group-sync.ts";

/** What was put in a file's place isn't followed, if it is a link, nor waited for, if it is a pipe. Windows has neither. */
const AS_IT_IS = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const READ: number = constants.O_RDONLY | AS_IT_IS;
export const PATCH: number = constants.O_RDWR | AS_IT_IS;

/** What a file holds; undefined where there is none, or something else, which might never end. */
export async function readRegular(path: string): Promise<Buffer | undefined> {
  const file = await unlessMissing(open(path, READ));
  if (!file) return undefined;
  try {
    return fs.fstatSync(file.fd).isFile() ? await file.readFile() : undefined;
  } finally {
    await file.close();
  }
}

export function readRegularSync(path: string): Buffer | undefined {
  const file = unlessMissingSync(() => fs.openSync(path, READ));
  if (file === undefined) return undefined;
  try {
    return fs.fstatSync(file).isFile() ? fs.readFileSync(file) : undefined;
  } finally {
    fs.closeSync(file);
  }
}

/** The mode of a directory for files of `mode`: who may read them may also look for them. */
function directoryMode(mode: number): number {
  return 0o700 | mode | ((mode & 0o044) >> 2);
}

/** Makes a directory and those that it is in, on the disk too, unless it is there. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  const first = makeDirectorySync(path, mode);
  for (const made of between(first, path)) await syncDirectory(dirname(made));
}

/** Makes it, whatever the umask; the outermost that it had to make, or undefined. */
export function makeDirectorySync(path: string, mode: number): string | undefined {
  const first = fs.mkdirSync(path, { recursive: true, mode: directoryMode(mode) });
  // One that is empty may have been removed again.
  for (const made of between(first, path)) unlessMissingSync(() => fs.chmodSync(made, directoryMode(mode)));
  return first;
}

/**
 * Makes an empty file unless it is there. One that is there isn't opened: to close it again would let go the locks that
 * this process has on it.
 */
export function createEmpty(path: string, mode: number): void {
  let file: number;
  try {
    file = fs.openSync(path, "wx", mode);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return;
    throw error;
  }
  try {
    fs.fchmodSync(file, mode);
  } finally {
    fs.closeSync(file);
  }
}

function between(first: string | undefined, path: string): string[] {
  const paths: string[] = [];
  for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) paths.push(made);
  return paths;
}

const syncs = new GroupSync(syncNow);

/** Has the disk confirm which files a directory holds. */
export function syncDirectory(path: string): Promise<void> {
  return syncs.run(path);
}

async function syncNow(path: string): Promise<void> {
  if (process.platform === "win32") return; // it lets nobody open a directory, and writes such changes through
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** What `work` comes to, or undefined where its file isn't there. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function unlessMissingSync<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, "ENOENT");
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
