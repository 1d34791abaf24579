import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { ListedSession, ListFilter, Store, WriteMeta } from "../../../src/store.ts";

export const HOUR = 3_600_000;

/** Gives paths in a folder of this test file's own: `inFolder(name)`, and `newDir()`, which is new each time. */
export function temporaryFolder(): { inFolder: (name: string) => string; newDir: () => string } {
  let folder = "";
  let directories = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dewar-file-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const inFolder = (name: string) => join(folder, name);
  return { inFolder, newDir: () => inFolder(`shop ${directories++}`) };
}

export function bytes(text: string): Buffer {
  return Buffer.from(text);
}

/** What ends that many milliseconds from now. */
export function lasting(span: number = HOUR): WriteMeta {
  return { expiresAt: new Date(Date.now() + span), endsAt: new Date(Date.now() + span + HOUR) };
}

export function fileOf(dir: string, id: string): string {
  return join(dir, createHash("sha256").update(`session:${id}`).digest("hex"));
}

/** The directory of what isn't a session. */
export const OURS = "dewar.__wz_cache";

/** What is in it, but for the lock files. */
export async function partsOf(dir: string): Promise<string[]> {
  return (await readdir(join(dir, OURS), { recursive: true })).filter((name) => !name.endsWith(".lock"));
}

/** The files in it, but for the lock files: entries and drafts. */
export async function filesOf(dir: string): Promise<string[]> {
  const found = await readdir(join(dir, OURS), { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile() && !entry.name.endsWith(".lock")).map(({ name }) => name);
}

export async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

export async function listed(store: Store, filter: ListFilter): Promise<ListedSession[]> {
  const sessions: ListedSession[] = [];
  for await (const session of store.list?.(filter) ?? []) sessions.push(session);
  return sessions;
}

/** As a file begins: when its session ends. */
export function seconds(count: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(Math.ceil(count));
  return header;
}
