import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type CachelibStoreOptions, cachelibStore } from "../../../../src/flask/stores/cachelib.ts";
import type { ListedSession, ListFilter, Store, WriteMeta } from "../../../../src/store.ts";
import vectors from "../../vectors/flask-values.json" with { type: "json" };

export const HOUR = 3_600_000;
export const sessionFile: typeof vectors.cachelib.sessionFile = vectors.cachelib.sessionFile;
export const countFile: typeof vectors.cachelib.countFile = vectors.cachelib.countFile;
export const pickle: Buffer = Buffer.from(sessionFile.pickleHex, "hex");

let folder = "";
let directories = 0;
const stores: Store[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dewar-cachelib-"));
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close?.();
});
afterAll(() => rm(folder, { recursive: true }));

export function newDir(): string {
  return join(folder, `cache ${directories++}`);
}

export function storeIn(dir: string, options: Partial<CachelibStoreOptions> = {}): Store {
  const store = cachelibStore({ dir, ...options });
  stores.push(store);
  return store;
}

export function lasting(span: number = HOUR): WriteMeta {
  return { expiresAt: new Date(Date.now() + span), endsAt: new Date(Date.now() + span) };
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

export function nameOf(id: string, digest: string = "sha256"): string {
  return createHash(digest).update(`session:${id}`).digest("hex");
}

/** Seconds since 1970, an hour from now. */
export function inAnHour(): number {
  return Math.ceil(Date.now() / 1000) + 3600;
}

/** A file as cachelib writes it. */
export function theirs(expiry: number = inAnHour(), payload: Buffer = pickle): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(expiry);
  return Buffer.concat([header, payload]);
}

/** A directory as Flask leaves it. */
export async function directoryWith(files: Record<string, Buffer>): Promise<string> {
  const dir = newDir();
  await mkdir(dir);
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}

export async function listed(store: Store, filter: ListFilter = {}): Promise<ListedSession[]> {
  const sessions: ListedSession[] = [];
  for await (const session of store.list?.(filter) ?? []) sessions.push(session);
  return sessions;
}

/** All but our own folder. */
export async function filesOf(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name !== "dewar.__wz_cache").sort();
}

export async function countOf(dir: string, digest: "md5" | "sha256" = "sha256"): Promise<string> {
  return (await readFile(join(dir, countFile.fileNames[digest]))).toString("hex");
}
