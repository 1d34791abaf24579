import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { SessionOptions } from "dewar";
import { memoryStore } from "dewar/stores/memory";
import { redisStore } from "dewar/stores/redis";
import { sqliteStore } from "dewar/stores/sqlite";
import { createClient } from "redis";
import { UsageError } from "./options.ts";

/** Where sessions are kept: what dewar needs to know of it, and how to say it. */
export interface Keep {
  options: Pick<SessionOptions, "store" | "secret">;
  /** Ends "Sessions are kept …". */
  where: string;
  /** Closes what the shop opened itself; the store is closed by its manager. */
  close?: () => Promise<void>;
}

/** Opens what `--store` names. Throws `UsageError` for a name that isn't one, `Error` where it can't be opened. */
export async function openKeep(name: string): Promise<Keep> {
  if (name === "memory") return { options: { store: memoryStore() }, where: "in memory, until the shop stops" };
  if (name === "sqlite") return keepInSqlite(besideShop("shop.sqlite"));
  if (name === "cookie") return keepInCookie(besideShop("shop.secret"));
  const [, kind, file] = /^(sqlite|cookie):(.+)$/.exec(name) ?? [];
  if (file) return kind === "sqlite" ? keepInSqlite(resolve(file)) : keepInCookie(resolve(file));
  if (/^(redis|valkey)s?:/.test(name) && URL.canParse(name)) return keepInRedis(new URL(name));
  throw new UsageError("--store takes sqlite, sqlite:FILE, memory, redis://HOST, cookie or cookie:FILE.");
}

async function keepInSqlite(file: string): Promise<Keep> {
  const store = sqliteStore({ file });
  try {
    // It would do so on first use; but that a file can't be opened is better said now.
    await store.setup?.();
  } catch (cause) {
    throw new Error(`--store: ${file} can't be opened as a database. Name a file in a folder that exists.`, { cause });
  }
  const fromHere = relative(process.cwd(), file);
  return { options: { store }, where: `in SQLite, in ${fromHere.startsWith("..") ? file : fromHere}` };
}

async function keepInCookie(file: string): Promise<Keep> {
  return { options: { secret: await readSecret(file) }, where: "in the visitor's cookie, encrypted" };
}

/** The key is made once and kept, so that cookies survive a restart as well. Only its owner may read it. */
async function readSecret(file: string): Promise<string> {
  try {
    await writeFile(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFile(file, "utf8");
}

async function keepInRedis({ href, host }: URL): Promise<Keep> {
  let state: "starting" | "ready" | "away" = "starting";
  const client = createClient({
    url: href.replace(/^valkey/, "redis"),
    disableOfflineQueue: true,
    socket: { connectTimeout: 3000, reconnectStrategy: (tries) => state !== "starting" && Math.min(tries * 100, 1000) },
  });
  client.on("ready", () => {
    if (state === "away") console.log("Redis is back.");
    state = "ready";
  });
  client.on("error", (error: Error) => {
    if (state !== "ready") return;
    console.error(`Redis is away: ${error.message}`);
    state = "away";
  });
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error && cause.message !== "" ? cause.message : "no answer";
    throw new Error(`Redis at ${host} can't be used (${reason}): start it, or choose another --store.`, { cause });
  }
  return {
    options: { store: redisStore({ client }) },
    where: `in Redis at ${host}`,
    close: async () => client.destroy(),
  };
}

function besideShop(file: string): string {
  return join(import.meta.dirname, file);
}
